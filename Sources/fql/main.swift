print("fql")
