print("schema")
