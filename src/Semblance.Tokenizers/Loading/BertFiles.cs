using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Semblance.Tokenizers.Loading;

/// <summary>Provides the files of a BERT tokenizer, made from its vocabulary.</summary>
internal static class BertFiles
{
    /// <summary>The options of the JSON writer: indented, without escapes.</summary>
    public static readonly JsonWriterOptions Indented =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Classes that equal BertTokenizer, with the name of another model.
    private static readonly string[] Supported =
    [
        "BertTokenizer", "ConvBertTokenizer", "DPRContextEncoderTokenizer", "DPRQuestionEncoderTokenizer", "DistilBertTokenizer", "ElectraTokenizer",
        "LayoutLMTokenizer", "LxmertTokenizer", "MobileBertTokenizer", "RealmTokenizer", "RetriBertTokenizer", "SqueezeBertTokenizer",
    ];

    /// <summary>Returns the tokenizer.json for a folder with a vocab.txt.</summary>
    public static byte[] FromVocabularyFile(TokenizerFiles files, TokenizerConfiguration configuration)
    {
        var path = files.PathOf(TokenizerFiles.Vocabulary);
        if (configuration.ClassName is { } name && !Supported.Contains(name))
        {
            throw new TokenizerFormatException(
                $"{path}: the tokenizer class '{name}' cannot be read from {TokenizerFiles.Vocabulary} alone; supported are "
                + $"{string.Join(", ", Supported)}. Save the tokenizer with a {TokenizerFiles.Json}.");
        }

        var text = files.ReadText(TokenizerFiles.Vocabulary, "one token per line").TrimStart('\uFEFF');
        var vocabulary = text.Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        if (vocabulary[^1].Length == 0)
        {
            vocabulary.RemoveAt(vocabulary.Count - 1);
        }

        var special = BertSpecialTokens.From(configuration);
        foreach (var token in special.Required)
        {
            if (!vocabulary.Contains(token))
            {
                throw new TokenizerFormatException(
                    $"{path}: the vocabulary of {vocabulary.Count} lines lacks the special token '{token}'; add it, or change its name in "
                    + $"{TokenizerFiles.Configuration}.");
            }
        }

        var lowercase = configuration.Flag("do_lower_case") ?? true;
        var chinese = configuration.Flag("tokenize_chinese_chars") ?? true;
        return WriteTokenizer(vocabulary, special, lowercase, configuration.Flag("strip_accents"), chinese);
    }

    /// <summary>Returns the four files of a new tokenizer.</summary>
    public static TokenizerFiles Create(IReadOnlyList<string> vocabulary, bool lowercase)
    {
        var special = new BertSpecialTokens();
        foreach (var token in special.Required)
        {
            if (!vocabulary.Contains(token))
            {
                throw new ArgumentException(
                    $"The vocabulary of {vocabulary.Count} tokens lacks '{token}'; a BERT tokenizer needs {string.Join(", ", special.Required)}.",
                    nameof(vocabulary));
            }
        }

        var unfit = vocabulary.FirstOrDefault(token => token.Contains('\n', StringComparison.Ordinal) || token.EndsWith('\r') || !IsWellFormed(token));
        if (unfit is not null)
        {
            throw new ArgumentException(
                $"The token '{unfit}' cannot be a line of {TokenizerFiles.Vocabulary}: it has a line break or half of a surrogate pair.",
                nameof(vocabulary));
        }

        return new TokenizerFiles("(vocabulary)")
        {
            [TokenizerFiles.Json] = WriteTokenizer(vocabulary, special, lowercase, null, true),
            [TokenizerFiles.Vocabulary] = System.Text.Encoding.UTF8.GetBytes(string.Concat(vocabulary.Select(token => token + "\n"))),
            [TokenizerFiles.Configuration] = WriteObject(json =>
            {
                json.WriteString("tokenizer_class", "BertTokenizer");
                json.WriteBoolean("do_lower_case", lowercase);
                json.WriteNull("strip_accents");
                json.WriteBoolean("tokenize_chinese_chars", true);
                special.Write(json, vocabulary);
            }),
            [TokenizerFiles.SpecialTokens] = WriteObject(json => special.Write(json, vocabulary)),
        };
    }

    /// <summary>Returns the files of a new tokenizer with a Unigram model between BERT's normalizer and template.</summary>
    public static TokenizerFiles CreateUnigram(IReadOnlyList<string> vocabulary, IReadOnlyList<double> scores, bool lowercase)
    {
        var special = new BertSpecialTokens();
        return new TokenizerFiles("(vocabulary)")
        {
            [TokenizerFiles.Json] = WriteTokenizer(vocabulary, special, lowercase, null, false, scores),
            [TokenizerFiles.Configuration] = WriteObject(json =>
            {
                json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
                special.Write(json, vocabulary);
            }),
            [TokenizerFiles.SpecialTokens] = WriteObject(json => special.Write(json, vocabulary)),
        };
    }

    private static byte[] WriteTokenizer(
        IReadOnlyList<string> vocabulary, BertSpecialTokens special, bool lowercase, bool? stripAccents, bool chinese,
        IReadOnlyList<double>? scores = null)
    {
        var ids = new Dictionary<string, int>();
        for (var id = 0; id < vocabulary.Count; id++)
        {
            ids[vocabulary[id]] = id;
        }

        // As in the reference, a duplicate token has the later id.
        var added = special.All.Where(ids.ContainsKey).Distinct()
            .Select(token => new AddedToken(ids[token], token, false, false, false, false, true)).OrderBy(token => token.Id);
        return WriteObject(json =>
        {
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            json.WriteStartArray("added_tokens");
            foreach (var token in added)
            {
                json.WriteStartObject();
                json.WriteNumber("id", token.Id);
                json.WriteString("content", token.Content);
                json.WriteBoolean("single_word", token.SingleWord);
                json.WriteBoolean("lstrip", token.TrimLeft);
                json.WriteBoolean("rstrip", token.TrimRight);
                json.WriteBoolean("normalized", token.Normalized);
                json.WriteBoolean("special", token.Special);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("normalizer");
            json.WriteString("type", "BertNormalizer");
            json.WriteBoolean("clean_text", true);
            json.WriteBoolean("handle_chinese_chars", chinese);
            if (stripAccents is { } strip)
            {
                json.WriteBoolean("strip_accents", strip);
            }
            else
            {
                json.WriteNull("strip_accents");
            }

            json.WriteBoolean("lowercase", lowercase);
            json.WriteEndObject();
            WriteComponent(json, "pre_tokenizer", "BertPreTokenizer", () => { });
            WriteTemplate(json, special, ids);
            if (scores is not null)
            {
                WriteUnigram(json, vocabulary, scores, ids[special.Unknown]);
                return;
            }

            WriteComponent(json, "decoder", "WordPiece", () =>
            {
                json.WriteString("prefix", "##");
                json.WriteBoolean("cleanup", true);
            });
            WriteComponent(json, "model", "WordPiece", () =>
            {
                json.WriteString("unk_token", special.Unknown);
                json.WriteString("continuing_subword_prefix", "##");
                json.WriteNumber("max_input_chars_per_word", 100);
                json.WriteStartObject("vocab");
                for (var id = 0; id < vocabulary.Count; id++)
                {
                    if (ids[vocabulary[id]] == id)
                    {
                        json.WriteNumber(vocabulary[id], id);
                    }
                }

                json.WriteEndObject();
            });
        });
    }

    private static void WriteUnigram(Utf8JsonWriter json, IReadOnlyList<string> vocabulary, IReadOnlyList<double> scores, int unknown)
    {
        json.WriteNull("decoder");
        WriteComponent(json, "model", "Unigram", () =>
        {
            json.WriteNumber("unk_id", unknown);
            json.WriteBoolean("byte_fallback", false);
            json.WriteStartArray("vocab");
            for (var id = 0; id < vocabulary.Count; id++)
            {
                var token = JsonEncodedText.Encode(vocabulary[id], Indented.Encoder);
                json.WriteRawValue(string.Create(CultureInfo.InvariantCulture, $"[\"{token}\",{scores[id]:0.####}]"));
            }

            json.WriteEndArray();
        });
    }

    private static void WriteTemplate(Utf8JsonWriter json, BertSpecialTokens special, Dictionary<string, int> ids)
    {
        void WriteTemplate(string name, params ReadOnlySpan<(string Kind, string Id, int TypeId)> pieces)
        {
            json.WriteStartArray(name);
            foreach (var (kind, id, typeId) in pieces)
            {
                json.WriteStartObject();
                json.WriteStartObject(kind);
                json.WriteString("id", id);
                json.WriteNumber("type_id", typeId);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        const string Special = "SpecialToken";
        const string Text = "Sequence";
        var (cls, sep) = (special.Class, special.Separator);
        WriteComponent(json, "post_processor", "TemplateProcessing", () =>
        {
            WriteTemplate("single", (Special, cls, 0), (Text, "A", 0), (Special, sep, 0));
            WriteTemplate("pair", (Special, cls, 0), (Text, "A", 0), (Special, sep, 0), (Text, "B", 1), (Special, sep, 1));
            json.WriteStartObject("special_tokens");
            foreach (var token in ((string[])[cls, sep]).Distinct())
            {
                json.WriteStartObject(token);
                json.WriteString("id", token);
                json.WriteStartArray("ids");
                json.WriteNumberValue(ids[token]);
                json.WriteEndArray();
                json.WriteStartArray("tokens");
                json.WriteStringValue(token);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        });
    }

    private static void WriteComponent(Utf8JsonWriter json, string name, string type, Action writeRest)
    {
        json.WriteStartObject(name);
        json.WriteString("type", type);
        writeRest();
        json.WriteEndObject();
    }

    private static byte[] WriteObject(Action<Utf8JsonWriter> writeMembers) => Write(json =>
    {
        json.WriteStartObject();
        writeMembers(json);
        json.WriteEndObject();
    });

    /// <summary>Returns the content of a file.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> writeValue)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            writeValue(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }
}
