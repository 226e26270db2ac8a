namespace Semblance.Tensors;

/// <summary>
/// Specifies how the weights that the tokens of a sequence give to a vocabulary entry are pooled; the names are those of
/// sentence-transformers.
/// </summary>
public enum VocabularyPooling
{
    /// <summary>The maximum (Formal et al. 2021, arXiv:2109.10086).</summary>
    Max,

    /// <summary>The sum (Formal et al. 2021, arXiv:2107.05720).</summary>
    Sum,
}
