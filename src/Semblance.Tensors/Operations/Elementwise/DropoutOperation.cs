using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Provides dropout (Srivastava et al. 2014): elements are set to zero at random during training.</summary>
public static class DropoutOperation
{
    /// <summary>Sets each element to zero with probability <paramref name="rate"/> and scales the rest by 1 / (1 − rate).</summary>
    /// <param name="run">The computation; without a dropout seed nothing is dropped.</param>
    /// <param name="x">A tensor of any shape.</param>
    /// <param name="rate">The dropout probability, from 0 to below 1.</param>
    /// <returns>A tensor of the shape of <paramref name="x"/>; <paramref name="x"/> itself if nothing is dropped.</returns>
    public static Tensor Dropout(this Computation run, Tensor x, float rate)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        var mask = run.NextDropout(rate);
        if (!mask.IsActive)
        {
            return x;
        }

        var y = Apply(run, x, mask);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => x.AddGradient(Apply(run, gradient, mask)));
        }

        return y;
    }

    private static Tensor Apply(Computation run, Tensor x, DropoutMask mask)
    {
        var y = run.Lease(x.Shape);
        run.Execute(new Kernel(x, mask, y), x.Rows, 8L * x.Length);
        return y;
    }

    private readonly unsafe struct Kernel(Tensor x, DropoutMask mask, Tensor y) : IKernel
    {
        private readonly Operand _x = x;
        private readonly Operand _y = y;
        private readonly int _columns = x.Columns;

        public void Run<TLanes>(int first, int end)
            where TLanes : struct, ILanes<TLanes>
        {
            var start = (nint)first * _columns;
            var part = new Span<float>(_y.Data + start, (end - first) * _columns);
            new ReadOnlySpan<float>(_x.Data + start, part.Length).CopyTo(part);
            mask.Apply(part, (ulong)start);
        }
    }
}
