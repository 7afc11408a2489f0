print("stoep")
