using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.T5;

/// <summary>Represents the head of T5's decoder: one linear layer, whose input may be scaled.</summary>
internal sealed class T5Head(Linear decoder, float scale) : VocabularyHead
{
    public override Linear Decoder { get; } = decoder;

    public override Tensor Transform(Computation run, Tensor hidden) => scale == 1 ? hidden : run.Scale(hidden, scale);
}
