using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the vectors of virtual tokens, whose ids follow those of the vocabulary. In P-tuning they are the outputs of a network of
/// three layers with ReLU between them while they are trained.
/// </summary>
internal sealed class VirtualTokens : AdapterWrapper
{
    private const string Network = "prompt_encoder.mlp_head";

    private readonly Tensor _vectors; // [tokens × width]: the vectors, or the inputs of the network
    private readonly Linear[] _network;
    private readonly int _first;
    private Tensor? _loaded; // the outputs from a file

    public VirtualTokens(EmbeddingTable words, PromptConfig config, Random random)
    {
        _first = words.Rows;
        var (count, width) = (config.VirtualTokens, words.Columns);
        _vectors = Random(random, Normal, count, width);
        for (var i = 0; config is { SamplesVocabulary: true, EncoderSize: null } && i < count; i++)
        {
            words.Weight.CopyTo(random.Next(words.Rows) * width, _vectors.Writable.Slice(i * width, width));
        }

        Linear Layer(int outputs, int inputs) => new(Random(random, r => Uniform(r, inputs), outputs, inputs), Tensor.Zeros(outputs));
        _network = config.EncoderSize is { } size ? [Layer(size, width), Layer(size, size), Layer(width, size)] : [];
    }

    /// <summary>Returns a batch with the virtual tokens before each sequence.</summary>
    public PackedBatch Extend(PackedBatch batch)
    {
        if (batch.Caches is not null)
        {
            throw new NotSupportedException("Virtual tokens are not supported in generation; use an adapter of another method.");
        }

        int[] added = [.. Enumerable.Range(_first, _vectors.Rows)];
        var (ids, types, attended) = (new List<int[]>(), new List<int[]>(), new int[batch.Count]);
        for (var i = 0; i < batch.Count; i++)
        {
            var (start, end) = (batch.Offsets[i], batch.Offsets[i + 1]);
            ids.Add([.. added, .. batch.TokenIds[start..end]]);
            types.Add([.. new int[added.Length], .. batch.TypeIds[start..end]]);
            attended[i] = added.Length + batch.Attended(i);
        }

        var all = PackedBatch.From(ids, types);
        return new PackedBatch(all.TokenIds.ToArray(), all.TypeIds.ToArray(), all.Offsets.ToArray(), attended: attended);
    }

    public override IEnumerable<Parameter> Parameters(string name) => _loaded is not null
        ? [new("prompt_embeddings", _loaded)]
        : [new("prompt_embeddings", _vectors), .. _network.SelectMany((layer, i) => layer.Parameters($"{Network}.{2 * i}"))];

    public override IEnumerable<Parameter> Saved(string name)
    {
        using var run = new Computation();
        return [new("prompt_embeddings", _network.Length == 0 ? _vectors : _loaded ?? Tensor.From(Vectors(run)))];
    }

    /// <summary>Replaces the network by a tensor for its outputs, which a file then fills.</summary>
    public override void BeginLoading() => _loaded = _network.Length == 0 ? null : Tensor.Zeros(_vectors.Shape);

    public override Tensor Embed(Computation run, int[] rows, Func<int[], Tensor> table)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(table);
        int[] real = [.. rows.Where(row => !IsVirtual(row))];
        using var words = table(real);
        if (real.Length == rows.Length)
        {
            return run.Rows(words, [.. Enumerable.Range(0, rows.Length)]);
        }

        var (order, next) = (new int[rows.Length], 0);
        for (var i = 0; i < rows.Length; i++)
        {
            order[i] = IsVirtual(rows[i]) ? real.Length + rows[i] - _first : next++;
        }

        var vectors = Vectors(run);
        using var all = run.ConcatenateRows([words, vectors]);
        return run.Rows(all, order);
    }

    public override string ToString() => "virtual tokens";

    private bool IsVirtual(int row) => row >= _first && row < _first + _vectors.Rows;

    private Tensor Vectors(Computation run)
    {
        var x = _loaded ?? _vectors;
        for (var i = 0; _loaded is null && i < _network.Length; i++)
        {
            x = run.Linear(x, _network[i], i < _network.Length - 1 ? Activation.Relu : Activation.Identity);
        }

        return x;
    }
}
