namespace Semblance.Tokenizers.Loading;

/// <summary>What the reference's tokenizer classes do with tokenizer_config.json when they read a tokenizer.json. Names are without "Fast".</summary>
internal static class TokenizerClasses
{
    /// <summary>The class of version 5 that stands for any file.</summary>
    public const string AnyFile = "TokenizersBackend";

    /// <summary>Classes that set the options of a BertNormalizer.</summary>
    public static readonly IReadOnlySet<string> Bert = new HashSet<string>
    {
        "BertTokenizer", "ConvBertTokenizer", "DPRContextEncoderTokenizer", "DPRQuestionEncoderTokenizer", "DPRReaderTokenizer", "DistilBertTokenizer",
        "ElectraTokenizer", "FunnelTokenizer", "LayoutLMTokenizer", "LayoutLMv2Tokenizer", "LxmertTokenizer", "MPNetTokenizer", "MobileBertTokenizer",
        "RealmTokenizer", "RetriBertTokenizer", "SplinterTokenizer", "SqueezeBertTokenizer",
    };

    /// <summary>Classes whose byte-level pre-tokenizer puts no space before a text unless the configuration asks for it.</summary>
    public static readonly IReadOnlySet<string> ByteLevel = new HashSet<string>
    {
        "BartTokenizer", "CodeGenTokenizer", "DebertaTokenizer", "GPT2Tokenizer", "GPTNeoXTokenizer", "LEDTokenizer", "LongformerTokenizer", "MvpTokenizer",
        "RobertaTokenizer", "WhisperTokenizer",
    };

    /// <summary>Those of them that set the options of the post-processor too.</summary>
    public static readonly IReadOnlySet<string> Roberta = new HashSet<string> { "BartTokenizer", "LEDTokenizer", "LongformerTokenizer", "MvpTokenizer", "RobertaTokenizer" };

    /// <summary>Classes that make the spaces of SentencePiece anew where <c>add_prefix_space</c> is given.</summary>
    public static readonly IReadOnlySet<string> Metaspace = new HashSet<string> { "CodeLlamaTokenizer", "LlamaTokenizer", "T5Tokenizer" };

    /// <summary>
    /// Classes that make the template of <c>add_bos_token</c> and <c>add_eos_token</c>, with their usual tokens and whether they begin with the first.
    /// None ends with the second unless it is asked to. The class of version 5 that stands for any file has no tokens of its own.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, (string? Begin, string? End, bool AddsBegin)> Templates = new Dictionary<string, (string?, string?, bool)>
    {
        ["CodeLlamaTokenizer"] = ("<s>", "</s>", true),
        ["CohereTokenizer"] = ("<BOS_TOKEN>", "<|END_OF_TURN_TOKEN|>", true),
        ["GPTNeoXTokenizer"] = ("<|endoftext|>", "<|endoftext|>", false),
        ["GemmaTokenizer"] = ("<bos>", "<eos>", true),
        ["LlamaTokenizer"] = ("<s>", "</s>", true),
        [AnyFile] = (null, null, false),
    };
}
