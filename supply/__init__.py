"""What the platform is made of that others wrote: licences, bill of materials, known faults."""
