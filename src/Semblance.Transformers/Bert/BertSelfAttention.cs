using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Bert;

/// <summary>Represents BERT's attention: queries, keys and values are each computed by a linear layer.</summary>
internal sealed class BertSelfAttention(BertConfig config, ModelParameters own, string query, string key, string value) : SelfAttention
{
    private readonly Linear _query = own.Linear(query, config.HiddenSize, config.HiddenSize);
    private readonly Linear _key = own.Linear(key, config.HiddenSize, config.HiddenSize);
    private readonly Linear _value = own.Linear(value, config.HiddenSize, config.HiddenSize);

    public override Tensor Forward(Computation run, Tensor x, Tensor states, AttentionMask mask, AttentionContext context)
    {
        using var queries = run.Linear(x, _query);
        using var keys = run.Linear(states, _key);
        using var values = run.Linear(states, _value);
        if (context.Prefix is not { } prefix || states != x) // cross-attention has no prefix
        {
            return run.Attention(queries, keys, values, mask, config.NumAttentionHeads, config.AttentionProbsDropoutProb, context.Bias);
        }

        using var allKeys = prefix.WithKeys(run, keys);
        using var allValues = prefix.WithValues(run, values);
        return run.Attention(queries, allKeys, allValues, prefix.Mask, config.NumAttentionHeads, config.AttentionProbsDropoutProb);
    }
}
