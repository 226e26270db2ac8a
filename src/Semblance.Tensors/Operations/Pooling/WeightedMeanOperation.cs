using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Provides a mean with trainable weights.</summary>
public static class WeightedMeanOperation
{
    /// <summary>Computes Σ wᵢ · xᵢ / Σ wᵢ, element by element.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="parts">At least one tensor, all of the same shape. The list is not copied.</param>
    /// <param name="weights"><c>[parts]</c>; the sum must not be 0.</param>
    /// <returns>A tensor of the shape of a part.</returns>
    /// <exception cref="ArgumentException">The number of weights is not the number of parts, or the shapes differ.</exception>
    public static Tensor WeightedMean(this Computation run, IReadOnlyList<Tensor> parts, Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(weights);
        if (parts.Count == 0 || parts.Count != weights.Length || parts.Any(part => !part.Shape.SequenceEqual(parts[0].Shape)))
        {
            throw new ArgumentException($"Weights {weights} do not fit [{string.Join(", ", parts)}].", nameof(weights));
        }

        var sum = 0f;
        foreach (var weight in weights.Values)
        {
            sum += weight;
        }

        var y = run.Lease(parts[0].Shape);
        y.Writable.Clear();
        for (var i = 0; i < parts.Count; i++)
        {
            TensorPrimitives.MultiplyAdd(parts[i].Values, weights.Values[i], y.Values, y.Writable);
        }

        TensorPrimitives.Divide(y.Values, sum, y.Writable);
        if (run.Recording && (weights.RequiresGradient || parts.Any(part => part.RequiresGradient)))
        {
            run.Record(y, gradient => Backward(run, parts, weights, sum, y, gradient), [.. parts, weights, y]);
        }

        return y;
    }

    // The derivative by xᵢ: wᵢ / Σ w · dy; by wᵢ: (xᵢ − y) · dy / Σ w.
    private static void Backward(Computation run, IReadOnlyList<Tensor> parts, Tensor weights, float sum, Tensor y, Tensor gradient)
    {
        var dWeights = run.Lease(weights.Shape);
        var mean = TensorPrimitives.Dot(y.Values, gradient.Values);
        for (var i = 0; i < parts.Count; i++)
        {
            dWeights.Writable[i] = (TensorPrimitives.Dot(parts[i].Values, gradient.Values) - mean) / sum;
            if (parts[i].RequiresGradient)
            {
                var dx = run.Lease(gradient.Shape);
                TensorPrimitives.Multiply(gradient.Values, weights.Values[i] / sum, dx.Writable);
                parts[i].AddGradient(dx);
            }
        }

        if (weights.RequiresGradient)
        {
            weights.AddGradient(dWeights);
        }
        else
        {
            dWeights.Release();
        }
    }
}
