using System.Text.Json.Nodes;

namespace Semblance.Tokenizers.Training;

/// <summary>
/// Makes tokenizers of characters or bytes, which need no training texts. Each has the kind of model, the special tokens and the template of the original tokenizer
/// of an architecture.
/// </summary>
public sealed class CharacterTokenizer
{
    private const string Space = "▁";

    private static readonly Dictionary<string, CharacterTokenizer> Known = new(StringComparer.Ordinal)
    {
        ["albert"] = new(Unigram, ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"], "[CLS]", "[SEP]", "<unk>", "<pad>", "[MASK]"),
        ["camembert"] = new(Unigram, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<s>", "</s>", "<unk>", "<pad>", "<mask>"),
        ["deberta"] = new(ByteLevel, ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"], "[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]"),
        ["deberta-v2"] = new(Unigram, ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"], "[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]"),
        ["gemma"] = new(ByteFallback, ["<pad>", "<eos>", "<bos>", "<unk>"], "<bos>", null, "<unk>", "<pad>", null) { End = "<eos>" },
        ["gemma3_text"] = new(ByteFallback, ["<pad>", "<eos>", "<bos>", "<unk>"], "<bos>", null, "<unk>", "<pad>", null) { End = "<eos>" },
        ["gpt2"] = new(ByteLevel, ["<|endoftext|>"], null, null, null, "<|endoftext|>", null) { End = "<|endoftext|>" },
        ["llama"] = new(ByteLevel, ["<|begin_of_text|>", "<|end_of_text|>"], "<|begin_of_text|>", null, null, "<|end_of_text|>", null) { End = "<|end_of_text|>" },
        ["mistral"] = new(ByteFallback, ["<unk>", "<s>", "</s>"], "<s>", null, "<unk>", "</s>", null) { End = "</s>" },
        ["modernbert"] = new(ByteLevel, ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"], "[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]"),
        ["mpnet"] = new(WordPiece, ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"], "<s>", "</s>", "[UNK]", "<pad>", "<mask>"),
        ["qwen2"] = new(ByteLevel, ["<|endoftext|>"], null, null, null, "<|endoftext|>", null) { End = "<|endoftext|>" },
        ["qwen3"] = new(ByteLevel, ["<|endoftext|>"], null, null, null, "<|endoftext|>", null) { End = "<|endoftext|>" },
        ["roberta"] = new(ByteLevel, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<s>", "</s>", "<unk>", "<pad>", "<mask>"),
        ["t5"] = new(Unigram, ["<pad>", "</s>", "<unk>"], null, "</s>", "<unk>", "<pad>", null),
        ["xlm-roberta"] = new(Unigram, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<s>", "</s>", "<unk>", "<pad>", "<mask>"),
    };

    private readonly Func<CharacterTokenizer, JsonObject> _pipeline;
    private readonly string[] _special;
    private readonly string? _first;
    private readonly string? _last;
    private readonly string? _unknown;
    private readonly string _padding;
    private readonly string? _mask;

    private CharacterTokenizer(Func<CharacterTokenizer, JsonObject> pipeline, string[] special, string? first, string? last, string? unknown, string padding, string? mask) =>
        (_pipeline, _special, _first, _last, _unknown, _padding, _mask) = (pipeline, special, first, last, unknown, padding, mask);

    private string? End { get; init; }

    /// <summary>Makes the tokenizer of an architecture.</summary>
    /// <param name="architecture">The <c>model_type</c> of the architecture, such as <c>roberta</c>; one that is not known gets BERT's tokenizer.</param>
    /// <returns>A tokenizer whose tokens are characters or bytes.</returns>
    public static Tokenizer Create(string architecture) => Known.TryGetValue(architecture, out var layout) ? layout.Create() : Tokenizer.CreateBert(CharacterVocabulary.Create());

    /// <summary>Returns whether an architecture has BERT's tokenizer, which <see cref="Tokenizer.CreateBert"/> makes of a list of tokens.</summary>
    /// <param name="architecture">The <c>model_type</c> of the architecture.</param>
    /// <returns>True for BERT's tokenizer.</returns>
    public static bool IsBert(string architecture) => !Known.ContainsKey(architecture);

    /// <summary>Returns the tokens that the configuration of an architecture names as the begin and the end of a sequence.</summary>
    /// <param name="architecture">The <c>model_type</c> of the architecture.</param>
    /// <returns>Both tokens; null for one that the configuration does not name.</returns>
    public static (string? Begin, string? End) SequenceTokens(string architecture) => Known.TryGetValue(architecture, out var layout)
        ? (layout._first ?? layout.End, layout.End ?? layout._last)
        : (null, null);

    private Tokenizer Create()
    {
        var json = _pipeline(this);
        json["version"] = "1.0";
        json["added_tokens"] = new JsonArray([.. _special.Select((token, id) => new JsonObject
        {
            ["id"] = id,
            ["content"] = token,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        })]);
        if (_first is not null || _last is not null)
        {
            json["post_processor"] = Template();
        }

        var names = new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast", ["pad_token"] = _padding };
        foreach (var (name, token) in (ReadOnlySpan<(string, string?)>)[
            ("unk_token", _unknown), ("mask_token", _mask), ("cls_token", _mask is null ? null : _first), ("sep_token", _mask is null ? null : _last),
            ("bos_token", _mask is null ? _first : null), ("eos_token", End ?? (_mask is null ? _last : null))])
        {
            if (token is not null)
            {
                names[name] = token;
            }
        }

        return Tokenizer.FromJson(json.ToJsonString(), names.ToJsonString());
    }

    private JsonObject Template()
    {
        JsonNode? Special(string? token) => token is null ? null : new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = 0 } };

        JsonArray Places(params string[] texts)
        {
            IEnumerable<JsonNode?> places = [Special(_first), .. texts.SelectMany(text => (JsonNode?[])[
                new JsonObject { ["Sequence"] = new JsonObject { ["id"] = text, ["type_id"] = 0 } }, Special(_last)])];
            return new JsonArray([.. places.OfType<JsonNode>()]);
        }

        var special = new JsonObject();
        foreach (var token in new[] { _first, _last }.OfType<string>().Distinct())
        {
            special[token] = new JsonObject { ["id"] = token, ["ids"] = new JsonArray(Array.IndexOf(_special, token)), ["tokens"] = new JsonArray(token) };
        }

        return new JsonObject { ["type"] = "TemplateProcessing", ["single"] = Places("A"), ["pair"] = Places("A", "B"), ["special_tokens"] = special };
    }

    private static JsonObject WordPiece(CharacterTokenizer layout) => new()
    {
        ["normalizer"] = new JsonObject
        {
            ["type"] = "BertNormalizer",
            ["clean_text"] = true,
            ["handle_chinese_chars"] = true,
            ["strip_accents"] = null,
            ["lowercase"] = true
        },
        ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
        ["decoder"] = new JsonObject
        {
            ["type"] = "WordPiece",
            ["prefix"] = "##",
            ["cleanup"] = true
        },
        ["model"] = new JsonObject
        {
            ["type"] = "WordPiece",
            ["unk_token"] = layout._unknown,
            ["continuing_subword_prefix"] = "##",
            ["max_input_chars_per_word"] = 100,
            ["vocab"] = Numbered(CharacterVocabulary.Create(layout._special)),
        },
    };

    // The bytes of any text, each under the character that stands for it in GPT-2's alphabet.
    private static JsonObject ByteLevel(CharacterTokenizer layout)
    {
        IEnumerable<int> codes = [.. Enumerable.Range(0x21, 0x5E), .. Enumerable.Range(0xA1, 0x0C), .. Enumerable.Range(0xAE, 0x52), .. Enumerable.Range(0x100, 0x44)];
        return new JsonObject
        {
            ["pre_tokenizer"] = Bytes(),
            ["decoder"] = Bytes(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = Numbered([.. layout._special, .. codes.Select(code => ((char)code).ToString())]),
                ["merges"] = new JsonArray()
            },
        };

        static JsonObject Bytes() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };
    }

    // Characters, and bytes for those that are not among them.
    private static JsonObject ByteFallback(CharacterTokenizer layout) => new()
    {
        ["normalizer"] = new JsonObject
        {
            ["type"] = "Replace",
            ["pattern"] = new JsonObject { ["String"] = " " },
            ["content"] = Space
        },
        ["decoder"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["decoders"] = new JsonArray(
                new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = Space }, ["content"] = " " },
                new JsonObject { ["type"] = "ByteFallback" },
                new JsonObject { ["type"] = "Fuse" }),
        },
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["unk_token"] = layout._unknown,
            ["fuse_unk"] = true,
            ["byte_fallback"] = true,
            ["merges"] = new JsonArray(),
            ["vocab"] = Numbered([.. layout._special, .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), Space, .. CharacterVocabulary.Characters()]),
        },
    };

    private static JsonObject Unigram(CharacterTokenizer layout) => new()
    {
        ["normalizer"] = new JsonObject { ["type"] = "NFKC" },
        ["pre_tokenizer"] = Spaces(),
        ["decoder"] = Spaces(),
        ["model"] = new JsonObject
        {
            ["type"] = "Unigram",
            ["unk_id"] = Array.IndexOf(layout._special, layout._unknown),
            ["vocab"] = new JsonArray([
                .. layout._special.Select(token => new JsonArray(token, 0.0)), new JsonArray(Space, -2.0), .. CharacterVocabulary.Characters().Select(character => new JsonArray(character, -5.0))]),
        },
    };

    private static JsonObject Spaces() => new() { ["type"] = "Metaspace", ["replacement"] = Space, ["prepend_scheme"] = "always", ["split"] = true };

    private static JsonObject Numbered(IReadOnlyList<string> tokens)
    {
        var vocabulary = new JsonObject();
        for (var i = 0; i < tokens.Count; i++)
        {
            vocabulary[tokens[i]] = i;
        }

        return vocabulary;
    }
}
