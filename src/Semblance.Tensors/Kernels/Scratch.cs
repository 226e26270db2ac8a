namespace Semblance.Tensors.Kernels;

/// <summary>
/// Memory of the running thread for the inside of one kernel; it grows to the largest ever asked for, and what is above a bound lasts until
/// the next call.
/// </summary>
internal static unsafe class Scratch
{
    private const int LargestKept = 16 << 20; // floats

    [ThreadStatic]
    private static float[]? _memory;

    /// <summary>Returns room for <paramref name="count"/> floats, which belongs to the thread until it asks again.</summary>
    public static float* Take(long count)
    {
        var padding = Tensor.Alignment / sizeof(float);
        var memory = _memory;
        if (memory is null || memory.Length < count + padding || memory.Length > LargestKept + padding)
        {
            _memory = null; // the collector may take it before the new one is made
            _memory = memory = Tensor.AlignedMemory(checked((int)count), out _);
        }

        return Tensor.Align(memory);
    }
}
