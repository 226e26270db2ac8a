namespace Semblance.Transformers;

/// <summary>How an architecture's original divides texts into tokens.</summary>
public enum TokenizerKind
{
    /// <summary>WordPiece (Wu et al. 2016, arXiv:1609.08144), as BERT.</summary>
    WordPiece,

    /// <summary>Byte-pair encoding over bytes, as GPT-2.</summary>
    ByteLevel,

    /// <summary>Byte-pair encoding over characters, whose unknown characters become bytes, as Llama 2.</summary>
    ByteFallback,

    /// <summary>A unigram language model (Kudo 2018, arXiv:1804.10959), as XLM-RoBERTa.</summary>
    Unigram,
}
