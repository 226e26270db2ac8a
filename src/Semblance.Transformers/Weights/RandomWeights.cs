using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>
/// Represents the parameters of a randomly initialized model: norms are the identity, biases zero, and the rest is normally distributed
/// with standard deviation 0.02, as in BERT (Devlin et al. 2019), unless <see cref="Deviation"/> is set.
/// </summary>
/// <param name="seed">The random seed; the same seed gives the same parameters.</param>
/// <param name="pooler">
/// <see langword="true"/>, the default, to give a model with an optional pooler one; otherwise, <see langword="false"/>.
/// </param>
/// <param name="normScale">The stored scale of a norm that is the identity. 1 by default.</param>
public sealed class RandomWeights(int seed, bool pooler = true, float normScale = 1) : Weights
{
    private const double UsualDeviation = 0.02;

    private readonly Random _random = new(seed);

    /// <summary>
    /// Gets the function that returns the standard deviation of a parameter from its name; <see langword="null"/>, the default, for 0.02.
    /// </summary>
    public Func<string, double>? Deviation { get; init; }

    /// <inheritdoc/>
    // Called for optional tensors only.
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
            var deviation = Deviation?.Invoke(name) ?? UsualDeviation;
            foreach (ref var value in tensor.Writable)
            {
                // The Box-Muller transform.
                var radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
                value = (float)(deviation * radius * Math.Cos(2 * Math.PI * _random.NextDouble()));
            }
        }

        return tensor;
    }
}
