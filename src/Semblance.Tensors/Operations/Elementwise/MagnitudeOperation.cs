using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Provides the absolute value.</summary>
public static class MagnitudeOperation
{
    /// <summary>Computes |x|, element by element; the gradient at 0 is 0.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x">A tensor of any shape.</param>
    /// <returns>A tensor of the same shape.</returns>
    public static Tensor Abs(this Computation run, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        var y = run.Lease(x.Shape);
        TensorPrimitives.Abs(x.Values, y.Writable);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => Backward(run, x, gradient), x);
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, Tensor gradient)
    {
        var dx = run.Lease(x.Shape);
        Span<float> target = dx.Writable;
        ReadOnlySpan<float> values = x.Values, dy = gradient.Values;
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = values[i] > 0 ? dy[i] : values[i] < 0 ? -dy[i] : 0;
        }

        x.AddGradient(dx);
    }
}
