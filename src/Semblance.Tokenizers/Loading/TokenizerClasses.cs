namespace Semblance.Tokenizers.Loading;

/// <summary>
/// Provides what the tokenizer classes of the reference do with tokenizer_config.json when they read a tokenizer.json. Names are without
/// </summary>
internal static class TokenizerClasses
{
    /// <summary>The class of transformers 5 for any file.</summary>
    public const string AnyFile = "TokenizersBackend";

    /// <summary>The classes that set the options of a BertNormalizer.</summary>
    public static readonly IReadOnlySet<string> Bert = new HashSet<string>
    {
        "BertTokenizer", "ConvBertTokenizer", "DPRContextEncoderTokenizer", "DPRQuestionEncoderTokenizer", "DPRReaderTokenizer", "DistilBertTokenizer",
        "ElectraTokenizer", "FunnelTokenizer", "LayoutLMTokenizer", "LayoutLMv2Tokenizer", "LxmertTokenizer", "MPNetTokenizer", "MobileBertTokenizer",
        "RealmTokenizer", "RetriBertTokenizer", "SplinterTokenizer", "SqueezeBertTokenizer",
    };

    /// <summary>The classes whose byte-level pre-tokenizer adds no space before a text by default.</summary>
    public static readonly IReadOnlySet<string> ByteLevel = new HashSet<string>
    {
        "BartTokenizer", "CodeGenTokenizer", "DebertaTokenizer", "GPT2Tokenizer", "GPTNeoXTokenizer", "LEDTokenizer", "LongformerTokenizer", "MvpTokenizer",
        "RobertaTokenizer", "WhisperTokenizer",
    };

    /// <summary>The byte-level classes that also set the options of the post-processor.</summary>
    public static readonly IReadOnlySet<string> Roberta =
        new HashSet<string> { "BartTokenizer", "LEDTokenizer", "LongformerTokenizer", "MvpTokenizer", "RobertaTokenizer" };

    /// <summary>The classes that change the treatment of spaces of SentencePiece if <c>add_prefix_space</c> is given.</summary>
    public static readonly IReadOnlySet<string> Metaspace = new HashSet<string> { "CodeLlamaTokenizer", "LlamaTokenizer", "T5Tokenizer" };

    /// <summary>
    /// The classes that make the template from <c>add_bos_token</c> and <c>add_eos_token</c>, with their default tokens and whether they
    /// add the first by default. None adds the second by default. The class for any file has no default tokens.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, (string? Begin, string? End, bool AddsBegin)> Templates =
        new Dictionary<string, (string?, string?, bool)>
        {
            ["CodeLlamaTokenizer"] = ("<s>", "</s>", true),
            ["CohereTokenizer"] = ("<BOS_TOKEN>", "<|END_OF_TURN_TOKEN|>", true),
            ["GPTNeoXTokenizer"] = ("<|endoftext|>", "<|endoftext|>", false),
            ["GemmaTokenizer"] = ("<bos>", "<eos>", true),
            ["LlamaTokenizer"] = ("<s>", "</s>", true),
            [AnyFile] = (null, null, false),
        };
}
