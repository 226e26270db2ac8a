using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the trained vectors of virtual tokens, around the table of word embeddings. During training they can be the outputs of a
/// network with an activation between its layers; a file has its outputs alone.
/// </summary>
internal abstract class PromptEncoder : AdapterWrapper
{
    private readonly Tensor _vectors; // [tokens × width]: the vectors, or the inputs of the network
    private readonly Linear[] _network;
    private readonly string[] _names;
    private readonly Activation _activation;
    private Tensor? _loaded; // the outputs from a file

    /// <summary>Initializes a new instance of the <see cref="PromptEncoder"/> class.</summary>
    /// <param name="vectors">The vectors, or the inputs of the network.</param>
    /// <param name="random">The random numbers of the network.</param>
    /// <param name="activation">The activation between the layers of the network.</param>
    /// <param name="sizes">The widths of the outputs of the network's layers; empty for no network.</param>
    /// <param name="name">The name of the network, to which the numbers of its layers are added.</param>
    protected PromptEncoder(Tensor vectors, Random random, Activation activation, int[] sizes, string name)
    {
        (_vectors, _activation) = (vectors, activation);
        _network = [.. sizes.Select((outputs, i) =>
        {
            var inputs = i == 0 ? vectors.Columns : sizes[i - 1];
            return new Linear(Random(random, r => Uniform(r, inputs), outputs, inputs), Tensor.Zeros(outputs));
        })];
        _names = [.. sizes.Select((_, i) => $"{name}.{2 * i}")];
    }

    /// <summary>Gets the number of virtual tokens.</summary>
    public int Count => _vectors.Rows;

    public sealed override IEnumerable<Parameter> Parameters(string name) => _loaded is not null
        ? [new("prompt_embeddings", _loaded)]
        : [new("prompt_embeddings", _vectors), .. _network.SelectMany((layer, i) => layer.Parameters(_names[i]))];

    public sealed override IEnumerable<Parameter> Saved(string name)
    {
        using var run = new Computation();
        return [new("prompt_embeddings", _network.Length == 0 ? _vectors : _loaded ?? Tensor.From(Vectors(run)))];
    }

    /// <summary>Replaces the network by a tensor for its outputs, which a file then fills.</summary>
    public sealed override void BeginLoading() => _loaded = _network.Length == 0 ? null : Tensor.Zeros(Count, _network[^1].Outputs);

    /// <summary>Returns the batch with which the model computes.</summary>
    public abstract PackedBatch Extend(PackedBatch batch);

    /// <summary>Returns the trained vectors.</summary>
    protected Tensor Vectors(Computation run)
    {
        var x = _loaded ?? _vectors;
        for (var i = 0; _loaded is null && i < _network.Length; i++)
        {
            x = run.Linear(x, _network[i], i < _network.Length - 1 ? _activation : Activation.Identity);
        }

        return x;
    }

    /// <summary>Throws if the batch continues cached sequences.</summary>
    protected static void RefuseCaches(PackedBatch batch)
    {
        if (batch.Caches is not null)
        {
            throw new NotSupportedException("Virtual tokens are not supported in generation; use an adapter of another method.");
        }
    }
}
