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
        return mask.IsActive ? Drop(run, x, mask, run.Lease(x.Shape)) : x;
    }

    /// <summary>Computes the same in the memory of <paramref name="x"/>.</summary>
    /// <param name="run">The computation; without a dropout seed nothing is dropped.</param>
    /// <param name="x">
    /// A tensor of any shape, such as the result of a layer that nothing else needs; it must not be used afterward.
    /// </param>
    /// <param name="rate">The dropout probability, from 0 to below 1.</param>
    /// <returns>A tensor of the shape of <paramref name="x"/>; <paramref name="x"/> itself if nothing is dropped.</returns>
    public static Tensor DropoutInPlace(this Computation run, Tensor x, float rate)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        var mask = run.NextDropout(rate);
        return mask.IsActive ? Drop(run, x, mask, null) : x;
    }

    // Writes into y, or into the memory of x.
    private static Tensor Drop(Computation run, Tensor x, DropoutMask mask, Tensor? y)
    {
        if (y is null)
        {
            y = run.Take(x);
            Apply(run, y, mask, y);
        }
        else
        {
            Apply(run, x, mask, y);
        }

        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient =>
            {
                Apply(run, gradient, mask, gradient);
                x.AddGradient(gradient);
            });
        }

        return y;
    }

    private static void Apply(Computation run, Tensor x, DropoutMask mask, Tensor y) =>
        run.Execute(new Kernel(x, mask, y), x.Rows, 8L * x.Length);

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
