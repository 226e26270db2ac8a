namespace Semblance.Tensors.Kernels;

/// <summary>Memory of the running thread for the inside of one kernel; it grows to the largest ever asked for, within a bound.</summary>
internal static unsafe class Scratch
{
    private const int LargestKept = 16 << 20; // floats

    [ThreadStatic]
    private static float[]? _memory;

    /// <summary>
    /// Room for <paramref name="count"/> floats, valid until the same thread asks again. The caller keeps
    /// <paramref name="owner"/> alive while it uses the memory.
    /// </summary>
    public static float* Take(long count, out object owner)
    {
        var padding = Tensor.Alignment / sizeof(float);
        var memory = _memory;
        if (memory is null || memory.Length < count + padding)
        {
            memory = Tensor.AlignedMemory(checked((int)count), out _);
            _memory = count <= LargestKept ? memory : null;
        }

        owner = memory;
        return Tensor.Align(memory);
    }
}
