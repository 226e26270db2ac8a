using Semblance.Tensors.Kernels;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Provides the normalization of rows to length one.</summary>
public static class NormalizeOperation
{
    /// <summary>Divides each row by its Euclidean length, or by 10⁻¹² if that is larger: a row of zeros stays zero.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <returns><c>[rows × columns]</c>.</returns>
    public static Tensor Normalize(this Computation run, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        var y = run.Lease(x.Rows, x.Columns);
        run.Execute(new NormalizeKernel(x, y), x.Rows, 2L * x.Length);
        run.Trace?.Normalize(y, x);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => Backward(run, x, y, gradient), x, y);
        }

        return y;
    }

    // With y = x / |x|: dx = (dy − y · Σ dy y) / |x|.
    private static void Backward(Computation run, Tensor x, Tensor y, Tensor gradient)
    {
        var dx = run.Lease(x.Shape);
        for (var row = 0; row < x.Rows; row++)
        {
            var dot = TensorPrimitives.Dot(gradient.Row(row), y.Row(row));
            var norm = MathF.Max(TensorPrimitives.Norm(x.Row(row)), NormalizeKernel.SmallestNorm);
            var target = dx.Writable.Slice(row * x.Columns, x.Columns);
            TensorPrimitives.MultiplyAdd(y.Row(row), -dot, gradient.Row(row), target);
            TensorPrimitives.Divide(target, norm, target);
        }

        x.AddGradient(dx);
    }
}
