using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.T5;

/// <summary>
/// Represents the attention block of a layer with its residual: attention of the hidden states to themselves, or to the encoder's.
/// </summary>
internal sealed class T5Attention
{
    private readonly T5Config _config;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly RmsNorm _norm;

    public T5Attention(T5Config config, ModelParameters own, string layer, string attention)
    {
        int hidden = config.DModel, inner = config.NumHeads * config.DKv;
        var name = $"{layer}.{attention}";
        _config = config;
        _query = own.Linear(name + ".q", inner, hidden, bias: false);
        _key = own.Linear(name + ".k", inner, hidden, bias: false);
        _value = own.Linear(name + ".v", inner, hidden, bias: false);
        _output = own.Linear(name + ".o", hidden, inner, bias: false);
        _norm = own.RmsNorm(layer + ".layer_norm", hidden, config.LayerNormEpsilon);
    }

    // x: [tokens × hidden]; attends to the hidden states themselves, and to those of this layer in the batch's caches.
    public Tensor Forward(Computation run, Tensor x, AttentionContext context, int layer)
    {
        using var normed = run.RmsNorm(x, _norm);
        using var query = run.Linear(normed, _query); // [tokens × heads · head size]
        var (key, value) = Project(run, normed);
        using (key)
        using (value)
        {
            return Finish(run, x, context.Batch.Caches is null
                ? run.Attention(query, key, value, context.Mask, _config.NumHeads, _config.DropoutRate, context.Bias, scale: 1)
                : run.CachedAttention(query, key, value, context.Batch, layer, _config.NumHeads, bias: context.Bias, scale: 1));
        }
    }

    // Attends to the encoder's states, from which the keys and values were computed.
    public Tensor Forward(Computation run, Tensor x, Tensor key, Tensor value, AttentionMask mask)
    {
        using var normed = run.RmsNorm(x, _norm);
        using var query = run.Linear(normed, _query);
        return Finish(run, x, run.Attention(query, key, value, mask, _config.NumHeads, _config.DropoutRate, scale: 1));
    }

    // states: [tokens × hidden]; returns two tensors [tokens × heads · head size].
    public (Tensor Key, Tensor Value) Project(Computation run, Tensor states) => (run.Linear(states, _key), run.Linear(states, _value));

    private Tensor Finish(Computation run, Tensor x, Tensor context)
    {
        using (context)
        {
            using var mixed = run.DropoutInPlace(run.Linear(context, _output), _config.DropoutRate);
            return run.Add(x, mixed);
        }
    }
}
