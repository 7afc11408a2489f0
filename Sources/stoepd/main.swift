print("stoepd")
