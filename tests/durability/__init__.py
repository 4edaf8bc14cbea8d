"""Store operations, a simulated disk that loses power, and a process that is killed."""
