using System.Text.Json.Nodes;
using Semblance.Tokenizers;
using Semblance.Tokenizers.Training;
using Semblance.Transformers;

namespace Semblance;

/// <summary>
/// Creates tokenizers whose tokens are characters or bytes, which need no training texts. Each has the kind of model, the special tokens
/// and the template of the original tokenizer of an architecture.
/// </summary>
public static class CharacterTokenizer
{
    private const string Space = "▁";

    /// <summary>Creates the tokenizer of an architecture.</summary>
    /// <param name="architecture">The <c>model_type</c> of the architecture, such as <c>roberta</c>.</param>
    /// <returns>A tokenizer whose tokens are characters or bytes.</returns>
    public static Tokenizer Create(string architecture) => Create(Architectures.Find(architecture)?.Tokenizer ?? TokenizerLayout.Bert);

    /// <summary>Creates a tokenizer of a layout.</summary>
    /// <param name="layout">The kind of tokenizer and its special tokens.</param>
    /// <returns>A tokenizer whose tokens are characters or bytes.</returns>
    public static Tokenizer Create(TokenizerLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return layout == TokenizerLayout.Bert
            ? Tokenizer.CreateBert(CharacterVocabulary.Create())
            : Tokenizer.FromJson(Pipeline(layout).ToJsonString(), Names(layout).ToJsonString());
    }

    private static JsonObject Pipeline(TokenizerLayout layout)
    {
        var json = layout.Kind switch
        {
            TokenizerKind.WordPiece => WordPiece(layout),
            TokenizerKind.ByteLevel => ByteLevel(layout),
            TokenizerKind.ByteFallback => ByteFallback(layout),
            _ => Unigram(layout),
        };
        json["version"] = "1.0";
        json["added_tokens"] = new JsonArray([.. layout.SpecialTokens.Select((token, id) => new JsonObject
        {
            ["id"] = id,
            ["content"] = token,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        })]);
        if (layout.First is not null || layout.Last is not null)
        {
            json["post_processor"] = Template(layout);
        }

        return json;
    }

    private static JsonObject Names(TokenizerLayout layout)
    {
        var (first, last) = (layout.First, layout.Last);
        var names = new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast", ["pad_token"] = layout.Padding };
        foreach (var (name, token) in (ReadOnlySpan<(string, string?)>)[
            ("unk_token", layout.Unknown), ("mask_token", layout.Mask), ("cls_token", layout.Mask is null ? null : first),
            ("sep_token", layout.Mask is null ? null : last),
            ("bos_token", layout.Mask is null ? first : null), ("eos_token", layout.End ?? (layout.Mask is null ? last : null))])
        {
            if (token is not null)
            {
                names[name] = token;
            }
        }

        return names;
    }

    private static JsonObject Template(TokenizerLayout layout)
    {
        JsonNode? Special(string? token) =>
            token is null ? null : new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = 0 } };

        JsonArray Sequence(params string[] texts)
        {
            IEnumerable<JsonNode?> parts = [Special(layout.First), .. texts.SelectMany(text => (JsonNode?[])[
                new JsonObject { ["Sequence"] = new JsonObject { ["id"] = text, ["type_id"] = 0 } }, Special(layout.Last)])];
            return new JsonArray([.. parts.OfType<JsonNode>()]);
        }

        var special = new JsonObject();
        foreach (var token in new[] { layout.First, layout.Last }.OfType<string>().Distinct())
        {
            special[token] = new JsonObject
            {
                ["id"] = token,
                ["ids"] = new JsonArray(Array.IndexOf<string>([.. layout.SpecialTokens], token)),
                ["tokens"] = new JsonArray(token),
            };
        }

        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = Sequence("A"),
            ["pair"] = Sequence("A", "B"),
            ["special_tokens"] = special,
        };
    }

    private static JsonObject WordPiece(TokenizerLayout layout) => new()
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
            ["unk_token"] = layout.Unknown,
            ["continuing_subword_prefix"] = "##",
            ["max_input_chars_per_word"] = 100,
            ["vocab"] = Numbered(CharacterVocabulary.Create(layout.SpecialTokens)),
        },
    };

    // The bytes of any text, each as the character that represents it in GPT-2's alphabet.
    private static JsonObject ByteLevel(TokenizerLayout layout)
    {
        IEnumerable<int> codes = [.. Enumerable.Range(0x21, 0x5E), .. Enumerable.Range(0xA1, 0x0C),
            .. Enumerable.Range(0xAE, 0x52), .. Enumerable.Range(0x100, 0x44)];
        return new JsonObject
        {
            ["pre_tokenizer"] = Bytes(),
            ["decoder"] = Bytes(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = Numbered([.. layout.SpecialTokens, .. codes.Select(code => ((char)code).ToString())]),
                ["merges"] = new JsonArray()
            },
        };

        static JsonObject Bytes() =>
            new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };
    }

    // Characters, and bytes for characters that are not in the vocabulary.
    private static JsonObject ByteFallback(TokenizerLayout layout) => new()
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
            ["unk_token"] = layout.Unknown,
            ["fuse_unk"] = true,
            ["byte_fallback"] = true,
            ["merges"] = new JsonArray(),
            ["vocab"] = Numbered([.. layout.SpecialTokens, .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"),
                Space, .. CharacterVocabulary.Characters()]),
        },
    };

    private static JsonObject Unigram(TokenizerLayout layout) => new()
    {
        ["normalizer"] = new JsonObject { ["type"] = "NFKC" },
        ["pre_tokenizer"] = Spaces(),
        ["decoder"] = Spaces(),
        ["model"] = new JsonObject
        {
            ["type"] = "Unigram",
            ["unk_id"] = Array.IndexOf<string>([.. layout.SpecialTokens], layout.Unknown!),
            ["vocab"] = new JsonArray([
                .. layout.SpecialTokens.Select(token => new JsonArray(token, 0.0)),
                new JsonArray(Space, -2.0), .. CharacterVocabulary.Characters().Select(character => new JsonArray(character, -5.0))]),
        },
    };

    private static JsonObject Spaces() =>
        new() { ["type"] = "Metaspace", ["replacement"] = Space, ["prepend_scheme"] = "always", ["split"] = true };

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
