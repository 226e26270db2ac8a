namespace Semblance.Tensors.Kernels;

/// <summary>
/// Provides memory of the running thread for use inside one kernel; it grows to the largest size requested. Memory above a limit is kept
/// only until the next call.
/// </summary>
internal static unsafe class Scratch
{
    private const int LargestKept = 16 << 20; // floats

    [ThreadStatic]
    private static float[]? _memory;

    /// <summary>Returns room for <paramref name="count"/> floats, which belongs to the thread until its next call.</summary>
    public static float* Take(long count)
    {
        var padding = Tensor.Alignment / sizeof(float);
        var memory = _memory;
        if (memory is null || memory.Length < count + padding || memory.Length > LargestKept + padding)
        {
            _memory = null; // lets the garbage collector free it before the new one is allocated
            _memory = memory = Tensor.AlignedMemory(checked((int)count), out _);
        }

        return Tensor.Align(memory);
    }
}
