using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>
/// Represents DeBERTa's attention: of contents to each other and, if there are embeddings of distances, of contents and distances.
/// </summary>
internal sealed class DisentangledAttention(
    BertConfig config, AttentionProjections projections, DisentangledPositions? positions) : SelfAttention
{
    public override Tensor Forward(Computation run, Tensor x, Tensor states, AttentionMask mask, AttentionContext context)
    {
        // The states are x: DeBERTa's layers attend only to themselves.
        var (query, key, value) = projections.Project(run, x); // [tokens × hidden], heads side by side
        var (heads, dropout) = (config.NumAttentionHeads, config.AttentionProbsDropoutProb);
        using (query)
        using (key)
        using (value)
        {
            return positions is null
                ? run.Attention(query, key, value, mask, heads, dropout)
                : positions.Attend(run, query, key, value, mask, ((DisentangledContext)context).Relative!, heads, dropout);
        }
    }
}
