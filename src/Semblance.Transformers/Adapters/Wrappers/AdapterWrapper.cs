using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>Represents the part of an adapter at one layer.</summary>
internal abstract class AdapterWrapper : LayerWrapper
{
    /// <summary>Returns the parameters under their names in a file.</summary>
    /// <param name="name">The name of the layer, with which the names begin.</param>
    public virtual IEnumerable<Parameter> Saved(string name) => Parameters(name);

    /// <summary>Prepares the tensors of <see cref="Saved"/> to be filled from a file.</summary>
    public virtual void BeginLoading()
    {
    }

    /// <summary>Creates a tensor of random numbers.</summary>
    protected static Tensor Random(Random random, Func<Random, double> draw, params ReadOnlySpan<int> shape)
    {
        var tensor = Tensor.Zeros(shape);
        foreach (ref var value in tensor.Writable)
        {
            value = (float)draw(random);
        }

        return tensor;
    }

    /// <summary>Draws from the normal distribution (Box and Muller 1958).</summary>
    protected static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Draws from the uniform distribution that Kaiming He's initialization with a = √5 has: −1/√inputs to 1/√inputs.</summary>
    protected static double Uniform(Random random, int inputs) => ((2 * random.NextDouble()) - 1) / Math.Sqrt(inputs);
}
