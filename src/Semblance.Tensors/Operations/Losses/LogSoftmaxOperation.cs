using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Provides logarithms of probabilities.</summary>
public static class LogSoftmaxOperation
{
    /// <summary>Computes x − ln Σ eˣ of each row. An element of −∞ has probability 0 and no gradient.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>, with a finite largest element in each row.</param>
    /// <returns><c>[rows × columns]</c>.</returns>
    public static Tensor LogSoftmax(this Computation run, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        var y = run.Lease(x.Rows, x.Columns);
        var powers = new float[x.Columns];
        for (var row = 0; row < x.Rows; row++)
        {
            var target = y.Writable.Slice(row * x.Columns, x.Columns);
            TensorPrimitives.Subtract(x.Row(row), TensorPrimitives.Max(x.Row(row)), target);
            TensorPrimitives.Exp(target, powers);
            TensorPrimitives.Subtract(target, MathF.Log(TensorPrimitives.Sum<float>(powers)), target);
        }

        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => Backward(run, x, y, gradient), y);
        }

        return y;
    }

    // dx = dy − eʸ · Σ dy.
    private static void Backward(Computation run, Tensor x, Tensor y, Tensor gradient)
    {
        var dx = run.Lease(x.Shape);
        for (var row = 0; row < x.Rows; row++)
        {
            var target = dx.Writable.Slice(row * x.Columns, x.Columns);
            TensorPrimitives.Exp(y.Row(row), target);
            TensorPrimitives.MultiplyAdd(target, -TensorPrimitives.Sum(gradient.Row(row)), gradient.Row(row), target);
        }

        x.AddGradient(dx);
    }
}
