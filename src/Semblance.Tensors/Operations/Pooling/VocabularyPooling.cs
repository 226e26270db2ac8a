namespace Semblance.Tensors;

/// <summary>How the weights that the tokens of a sequence give to a word become one; the names are those of sentence-transformers.</summary>
public enum VocabularyPooling
{
    /// <summary>The largest (Formal et al. 2021, arXiv:2109.10086).</summary>
    Max,

    /// <summary>The sum (Formal et al. 2021, arXiv:2107.05720).</summary>
    Sum,
}
