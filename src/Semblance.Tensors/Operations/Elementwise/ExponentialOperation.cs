using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Provides the exponential function.</summary>
public static class ExponentialOperation
{
    /// <summary>Computes eˣ, element by element.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x">A tensor of any shape.</param>
    /// <returns>A tensor of the same shape.</returns>
    public static Tensor Exp(this Computation run, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        var y = run.Lease(x.Shape);
        TensorPrimitives.Exp(x.Values, y.Writable);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient =>
            {
                var dx = run.Lease(x.Shape);
                TensorPrimitives.Multiply(gradient.Values, y.Values, dx.Writable);
                x.AddGradient(dx);
            }, y);
        }

        return y;
    }
}
