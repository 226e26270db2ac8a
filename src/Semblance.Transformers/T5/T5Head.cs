using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.T5;

/// <summary>The next words of T5's decoder: one linear layer, before which the hidden states may be scaled.</summary>
internal sealed class T5Head(Linear decoder, float scale) : VocabularyHead
{
    public override Linear Decoder { get; } = decoder;

    public override Tensor Transform(Computation run, Tensor hidden) => scale == 1 ? hidden : run.Scale(hidden, scale);
}
