using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>
/// The parameters of a model that has learned nothing: norms are the identity, biases zero, and the rest is normally
/// distributed with deviation 0.02, as BERT starts (Devlin et al. 2019).
/// </summary>
/// <param name="seed">The same seed gives the same parameters.</param>
/// <param name="pooler">Whether a model that may have a pooler gets one.</param>
/// <param name="normScale">The scale of a norm that does nothing, as it is stored.</param>
public sealed class RandomWeights(int seed, bool pooler = true, float normScale = 1) : Weights
{
    private const double Deviation = 0.02;

    private readonly Random _random = new(seed);

    /// <inheritdoc/>
    // Only what a model can do without is asked for.
    public override bool Contains(string name) => pooler && name.StartsWith("pooler.", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override Tensor Find(string name, ReadOnlySpan<int> shape)
    {
        var tensor = Tensors.Tensor.Zeros(shape);
        if (shape.Length == 1 && name.EndsWith(".weight", StringComparison.Ordinal))
        {
            tensor.Writable.Fill(normScale);
        }
        else if (!name.EndsWith(".bias", StringComparison.Ordinal))
        {
            foreach (ref var value in tensor.Writable)
            {
                // Box and Muller's transform.
                var radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
                value = (float)(Deviation * radius * Math.Cos(2 * Math.PI * _random.NextDouble()));
            }
        }

        return tensor;
    }
}
