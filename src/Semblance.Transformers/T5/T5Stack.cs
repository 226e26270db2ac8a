using Semblance.Tensors;

namespace Semblance.Transformers.T5;

/// <summary>The layers of T5's encoder or decoder: norms before each block, and a bias for the distance of two tokens that all layers share.</summary>
internal sealed class T5Stack
{
    private readonly T5Config _config;
    private readonly string _name;
    private readonly bool _decoder;
    private readonly T5Attention[] _attentions;
    private readonly T5Attention[] _crossAttentions;
    private readonly T5FeedForward[] _feedForwards;
    private readonly Tensor _bias; // [buckets × heads]
    private readonly RmsNorm _norm;

    public T5Stack(T5Config config, Weights weights, bool decoder)
    {
        _config = config;
        _decoder = decoder;
        _name = decoder ? "decoder" : "encoder";
        string[] blocks = [.. Enumerable.Range(0, decoder ? config.NumDecoderLayers : config.NumLayers).Select(i => $"{_name}.block.{i}.layer.")];
        _attentions = [.. blocks.Select(block => new T5Attention(config, weights, block + "0", "SelfAttention"))];
        _crossAttentions = decoder ? [.. blocks.Select(block => new T5Attention(config, weights, block + "1", "EncDecAttention"))] : [];
        _feedForwards = [.. blocks.Select(block => new T5FeedForward(config, weights, block + (decoder ? "2" : "1")))];
        _bias = weights.Tensor(BiasName, config.RelativeAttentionNumBuckets, config.NumHeads);
        _norm = weights.RmsNorm(_name + ".final_layer_norm", config.DModel, config.LayerNormEpsilon);
    }

    public int LayerCount => _attentions.Length;

    private string BiasName => _name + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight";

    public void Prepare()
    {
        for (var i = 0; i < LayerCount; i++)
        {
            _attentions[i].Prepare();
            _feedForwards[i].Prepare();
        }

        foreach (var attention in _crossAttentions)
        {
            attention.Prepare();
        }
    }

    // The last states are those after the final norm.
    public Tensor Forward(Computation run, PackedBatch batch, Tensor words, IList<Tensor>? hiddenStates, EncodedSource? source = null)
    {
        var hidden = run.Dropout(run.Embed(batch, words), _config.DropoutRate); // [tokens × hidden]
        var crossMask = source is null ? null : new AttentionMask(batch.Caches is null ? batch : Joined(batch), source.Batch);
        var bias = RelativeBuckets.Bias(
            run, _bias, batch.Reach, distance => RelativeBuckets.Of(distance, _bias.Rows, _config.RelativeAttentionMaxDistance, bidirectional: !_decoder));
        for (var i = 0; i < LayerCount; i++)
        {
            hiddenStates?.Add(hidden);
            var index = i;
            var next = run.Recompute(hidden, x => Block(run, index, x, batch, bias, source, crossMask));
            if (hiddenStates is null)
            {
                hidden.Dispose();
            }

            hidden = next;
        }

        var normed = run.Dropout(run.RmsNorm(hidden, _norm), _config.DropoutRate);
        hidden.Dispose();
        hiddenStates?.Add(normed);
        return normed;
    }

    public IEnumerable<Parameter> Parameters() =>
    [
        .. _attentions.SelectMany(block => block.Parameters()),
        .. _crossAttentions.SelectMany(block => block.Parameters()),
        .. _feedForwards.SelectMany(block => block.Parameters()),
        new(BiasName, _bias),
        .. _norm.Parameters(_name + ".final_layer_norm"),
    ];

    /// <summary>The keys and values that each layer makes of the encoder's states; they outlive the computation.</summary>
    public IReadOnlyList<(Tensor Key, Tensor Value)> Project(Computation run, Tensor states)
    {
        return [.. _crossAttentions.Select(attention =>
        {
            var (key, value) = attention.Project(run, states);
            using (key)
            using (value)
            {
                return (Tensor.From(key.Values, key.Shape), Tensor.From(value.Values, value.Shape));
            }
        })];
    }

    // The sequences that a generation goes on with share one source: to it, their tokens are the queries of one sequence.
    private static PackedBatch Joined(PackedBatch batch) => new(batch.TokenIds.ToArray(), batch.TypeIds.ToArray(), [0, batch.TokenCount]);

    private Tensor Block(Computation run, int index, Tensor x, PackedBatch batch, AttentionBias bias, EncodedSource? source, AttentionMask? crossMask)
    {
        var attended = _attentions[index].Forward(run, x, batch, _decoder, bias, index);
        if (source is not null)
        {
            using var self = attended;
            var cross = _crossAttentions[index];
            var (key, value) = source.Projected?[index] ?? cross.Project(run, source.States!);
            using (key)
            using (value)
            {
                attended = cross.Forward(run, self, key, value, crossMask!);
            }
        }

        using (attended)
        {
            return _feedForwards[index].Forward(run, attended);
        }
    }
}
