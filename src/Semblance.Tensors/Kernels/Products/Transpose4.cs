using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Semblance.Tensors.Kernels;

/// <summary>Transposes a block of four rows of four within registers.</summary>
internal static unsafe class Transpose4
{
    /// <summary>The number of rows and columns of a block.</summary>
    public const int Size = 4;

    /// <summary>Writes the columns of a block as rows.</summary>
    /// <param name="source">The first row.</param>
    /// <param name="stride">The number of floats from one row of the source to the next.</param>
    /// <param name="target">The address of the first column in the target.</param>
    /// <param name="targetStride">The number of floats from one row of the target to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* source, nint stride, float* target, nint targetStride)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + stride);
        Vector128<float> c = Vector128.Load(source + (2 * stride)), d = Vector128.Load(source + (3 * stride));
        Vector128<float> low = Low(a, c), high = High(a, c), low2 = Low(b, d), high2 = High(b, d);
        Low(low, low2).Store(target);
        High(low, low2).Store(target + targetStride);
        Low(high, high2).Store(target + (2 * targetStride));
        High(high, high2).Store(target + (3 * targetStride));
    }

    // The lower halves of two registers, interleaved.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);
}
