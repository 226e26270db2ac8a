using System.Text;
using System.Text.Json;

namespace Semblance.Fuzzing;

/// <summary>Small tokenizers of every kind, made for being mutated.</summary>
internal static class TokenizerSeeds
{
    private const string AddedTokens = """
        [{"id": 0, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
         {"id": 1, "content": "<unk>", "single_word": true, "lstrip": false, "rstrip": true, "normalized": true, "special": false},
         {"id": 2, "content": "<s>", "special": true}, {"id": 3, "content": "</s>", "special": true},
         {"id": 60, "content": "<mask>", "single_word": false, "lstrip": true, "rstrip": false, "normalized": false, "special": true}]
        """;

    private const string Template = """
        {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
         "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "</s>", "type_id": 1}}],
         "special_tokens": {"<s>": {"id": "<s>", "ids": [2], "tokens": ["<s>"]}, "</s>": {"id": "</s>", "ids": [3], "tokens": ["</s>"]}}}
        """;

    private static readonly string[] Pieces =
        ["<pad>", "<unk>", "<s>", "</s>", "a", "b", "c", "d", "e", "h", "i", "l", "n", "o", "r", "s", "t", "u", "w", "x", "▁", "Ġ", "##e", "##r", "##n", "he", "th", "the", "▁the", "ru", "run", "runn", "run</w>", "ab", "aa", "1", "今", "é", "!", "'"];

    /// <summary>A folder with vocab.txt.</summary>
    public static FuzzInput Bert { get; } = Files(
        ("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nrun\n##n\n##er\na\n##a\n##b\n!\n'\n今\ncafe\n"),
        ("tokenizer_config.json", """{"tokenizer_class": "BertTokenizer", "do_lower_case": true, "strip_accents": null, "tokenize_chinese_chars": true, "model_max_length": 512, "added_tokens_decoder": {"0": {"content": "[PAD]", "special": true}, "16": {"content": "<mask>", "special": false, "lstrip": true}}}"""),
        ("special_tokens_map.json", """{"unk_token": "[UNK]", "cls_token": {"content": "[CLS]", "lstrip": false}, "mask_token": "[MASK]"}"""));

    /// <summary>A folder with vocab.json and merges.txt.</summary>
    public static FuzzInput ByteLevelBpe { get; } = Files(
        ("vocab.json", Vocabulary(["<|endoftext|>", .. Pieces])),
        ("merges.txt", "#version: 0.2\nh e\nt he\nr u\nru n\nrun n\na b\na a\n"),
        ("tokenizer_config.json", """{"tokenizer_class": "RobertaTokenizer", "add_prefix_space": false, "cls_token": "<s>", "model_max_length": 64}"""));

    /// <summary>Folders with a tokenizer.json.</summary>
    public static IEnumerable<FuzzInput> Json { get; } =
    [
        Make(
            """{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true}""",
            """{"type": "BertPreTokenizer"}""",
            $$"""{"type": "WordPiece", "unk_token": "<unk>", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {{Vocabulary(Pieces)}}}""",
            """{"type": "BertProcessing", "sep": ["</s>", 3], "cls": ["<s>", 2]}""",
            """{"type": "WordPiece", "prefix": "##", "cleanup": true}"""),
        Make(
            "null",
            """
            {"type": "Sequence", "pretokenizers": [
             {"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,2}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false},
             {"type": "Digits", "individual_digits": true}, {"type": "Punctuation", "behavior": "Contiguous"}, {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": false}]}
            """,
            $$"""{"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": true, "byte_fallback": false, "ignore_merges": false, "vocab": {{Vocabulary(Pieces)}}, "merges": ["h e", ["t", "he"], "r u", "ru n", "run n", "a b", "a a"]}""",
            """{"type": "Sequence", "processors": [{"type": "ByteLevel", "trim_offsets": true, "add_prefix_space": true}, {"type": "RobertaProcessing", "sep": ["</s>", 3], "cls": ["<s>", 2], "trim_offsets": true, "add_prefix_space": true}]}""",
            """{"type": "ByteLevel"}"""),
        Make(
            $$"""
            {"type": "Sequence", "normalizers": [
             {"type": "Precompiled", "precompiled_charsmap": "{{Convert.ToBase64String(CharacterMap())}}"}, {"type": "Nmt"}, {"type": "NFKC"}, {"type": "Lowercase"}, {"type": "StripAccents"},
             {"type": "Strip", "strip_left": false, "strip_right": true}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}, {"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
            """,
            """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true}""",
            $$"""{"type": "Unigram", "unk_id": 1, "byte_fallback": false, "vocab": {{JsonSerializer.Serialize(Pieces.Select((piece, id) => new object[] { piece, -0.5 * id }))}}}""",
            Template,
            """{"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"Regex": "▁+"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}"""),
        Make(
            """{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Replace", "pattern": {"Regex": "(a|b)+?c"}, "content": "x"}, {"type": "NFKD"}, {"type": "NFC"}]}""",
            """{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Whitespace"}, {"type": "UnicodeScripts"}, {"type": "CharDelimiterSplit", "delimiter": "_"}, {"type": "FixedLength", "length": 5}, {"type": "Split", "pattern": {"String": "l"}, "behavior": "MergedWithNext", "invert": true}]}""",
            $$"""{"type": "WordLevel", "unk_token": "<unk>", "vocab": {{Vocabulary(Pieces)}}}""",
            Template,
            """{"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": true}"""),
    ];

    /// <summary>A folder with a SentencePiece model, as a class of tokenizers reads it.</summary>
    public static FuzzInput SentencePiece(bool isBpe, string? className = null)
    {
        var pieces = Pieces.Select((piece, id) => Piece(piece, -0.5f * id, piece switch { "<unk>" => 2, "<pad>" or "<s>" or "</s>" => 3, "ab" => 4, _ => 1 }))
            .Concat(Enumerable.Range(0, 256).Select(value => Piece($"<0x{value:X2}>", 0, 6)));
        byte[] model =
        [
            .. pieces.SelectMany(piece => Field(1, piece)),
            .. Field(2, [0x18, (byte)(isBpe ? 2 : 1), 0x98, 0x02, 1]), // model_type, byte_fallback
            .. Field(3, [.. Field(2, CharacterMap()), 0x18, 1, 0x20, 1, 0x28, 1]),
        ];
        return className is null
            ? new FuzzInput(new Dictionary<string, byte[]> { ["tokenizer.model"] = model })
            : new FuzzInput(new Dictionary<string, byte[]> { ["spiece.model"] = model, ["tokenizer_config.json"] = Encoding.UTF8.GetBytes($$"""{"tokenizer_class": "{{className}}", "extra_ids": 5}""") });
    }

    private static FuzzInput Make(string normalizer, string preTokenizer, string model, string postProcessor, string decoder) => Files(("tokenizer.json", $$"""
        {"version": "1.0", "truncation": {"max_length": 16, "strategy": "LongestFirst", "stride": 2, "direction": "Right"},
         "padding": {"strategy": "BatchLongest", "direction": "Right", "pad_id": 0, "pad_type_id": 0, "pad_token": "<pad>"}, "added_tokens": {{AddedTokens}},
         "normalizer": {{normalizer}}, "pre_tokenizer": {{preTokenizer}}, "post_processor": {{postProcessor}}, "decoder": {{decoder}}, "model": {{model}}}
        """));

    private static FuzzInput Files(params (string Name, string Content)[] files) => new(files.ToDictionary(file => file.Name, file => Encoding.UTF8.GetBytes(file.Content)));

    private static string Vocabulary(string[] tokens) => JsonSerializer.Serialize(tokens.Index().ToDictionary(entry => entry.Item, entry => entry.Index));

    /// <summary>A character map that makes "ﬁ" (EF AC 81) of "fi": a double-array trie with one chain, then the replacement.</summary>
    private static byte[] CharacterMap()
    {
        var units = new uint[1024];
        var (position, key) = (1u, (byte[])[0xEF, 0xAC, 0x81]);
        units[0] = position << 10;
        uint[] places = [256, 512, 768];
        for (var i = 0; i < key.Length; i++)
        {
            var next = position ^ key[i];
            units[next] = ((next ^ places[i]) << 10) | key[i] | (i == key.Length - 1 ? 1u << 8 : 0);
            position = places[i];
        }

        units[position] = 1u << 31;
        byte[] trie = [.. units.SelectMany(BitConverter.GetBytes)];
        return [.. BitConverter.GetBytes(trie.Length), .. trie, .. "fi\0"u8];
    }

    private static byte[] Piece(string text, float score, byte kind) => [.. Field(1, Encoding.UTF8.GetBytes(text)), 0x15, .. BitConverter.GetBytes(score), 0x18, kind];

    private static byte[] Field(int number, byte[] content)
    {
        var header = new List<byte> { (byte)((number << 3) | 2) };
        for (var length = content.Length; ; length >>= 7)
        {
            header.Add((byte)(length < 128 ? length : (length & 127) | 128));
            if (length < 128)
            {
                return [.. header, .. content];
            }
        }
    }
}
