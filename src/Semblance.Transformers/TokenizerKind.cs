namespace Semblance.Transformers;

/// <summary>Specifies the tokenization of an architecture's original.</summary>
public enum TokenizerKind
{
    /// <summary>WordPiece (Wu et al. 2016, arXiv:1609.08144), as in BERT.</summary>
    WordPiece,

    /// <summary>Byte-pair encoding over bytes, as in GPT-2.</summary>
    ByteLevel,

    /// <summary>Byte-pair encoding over characters with byte fallback for unknown characters, as in Llama 2.</summary>
    ByteFallback,

    /// <summary>A unigram language model (Kudo 2018, arXiv:1804.10959), as in XLM-RoBERTa.</summary>
    Unigram,
}
