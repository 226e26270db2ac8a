using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Divides one row per item by its Euclidean length.</summary>
internal readonly unsafe struct NormalizeKernel(Tensor x, Tensor y) : IKernel
{
    /// <summary>The smallest divisor of a row, as in PyTorch.</summary>
    public const float SmallestNorm = 1e-12f;

    // Outside this range squares overflow or underflow, and the row is summed in double precision instead.
    private const float SmallestSum = 1e-30f;

    private readonly Operand _x = x;
    private readonly Operand _y = y;
    private readonly int _columns = x.Columns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var row = first; row < end; row++)
        {
            float* from = _x.Data + ((nint)row * _columns), to = _y.Data + ((nint)row * _columns);
            var sum = DotProduct<TLanes>.Of(from, from, _columns);
            var norm = float.IsFinite(sum) && sum > SmallestSum ? MathF.Sqrt(sum) : NormInDouble(from);
            norm = MathF.Max(norm, SmallestNorm);
            var divisor = TLanes.Broadcast(norm);
            var i = 0;
            for (; i <= _columns - TLanes.Count; i += TLanes.Count)
            {
                (TLanes.Load(from + i) / divisor).Store(to + i);
            }

            for (; i < _columns; i++)
            {
                to[i] = from[i] / norm;
            }
        }
    }

    private float NormInDouble(float* row)
    {
        double sum = 0;
        for (var i = 0; i < _columns; i++)
        {
            sum += (double)row[i] * row[i];
        }

        return (float)Math.Sqrt(sum);
    }
}
