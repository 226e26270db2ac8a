using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Semblance.Files.Json;
using Semblance.Tokenizers.Decoders;
using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;
using Semblance.Tokenizers.PostProcessors;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Tests;

/// <summary>Tests that no key of a component in a tokenizer.json is ignored silently.</summary>
public class ComponentKeysTests
{
    // A component, and for each of its keys a value that changes the result.
    private static readonly (string Section, string Json, string[] Changes)[] Components =
    [
        ("normalizer", """{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true}""",
            ["clean_text: false", "handle_chinese_chars: false", "strip_accents: false", "lowercase: false"]),
        ("normalizer", """{"type": "ByteLevel"}""", []),
        ("normalizer", """{"type": "Lowercase"}""", []),
        ("normalizer", """{"type": "NFC"}""", []),
        ("normalizer", """{"type": "NFD"}""", []),
        ("normalizer", """{"type": "NFKC"}""", []),
        ("normalizer", """{"type": "NFKD"}""", []),
        ("normalizer", """{"type": "Nmt"}""", []),
        ("normalizer", """{"type": "Precompiled", "precompiled_charsmap": null}""", ["""precompiled_charsmap: "AAAA" """]),
        ("normalizer", """{"type": "Prepend", "prepend": "x"}""", ["""prepend: "e" """]),
        ("normalizer", """{"type": "Replace", "pattern": {"String": "a"}, "content": "e"}""", ["""pattern: {"Regex": "[xr]"}""", """content: "i" """]),
        ("normalizer", """{"type": "Sequence", "normalizers": []}""", ["""normalizers: [{"type": "Lowercase"}]"""]),
        ("normalizer", """{"type": "Strip", "strip_left": true, "strip_right": true}""", ["strip_left: false", "strip_right: false"]),
        ("normalizer", """{"type": "StripAccents"}""", []),
        ("pre_tokenizer", """{"type": "BertPreTokenizer"}""", []),
        ("pre_tokenizer", """{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}""", ["add_prefix_space: true", "use_regex: false"]),
        ("pre_tokenizer", """{"type": "CharDelimiterSplit", "delimiter": "u"}""", ["""delimiter: "e" """]),
        ("pre_tokenizer", """{"type": "Digits", "individual_digits": false}""", ["individual_digits: true"]),
        ("pre_tokenizer", """{"type": "FixedLength", "length": 2}""", ["length: 3"]),
        ("pre_tokenizer", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": true}""",
            ["""replacement: "_" """, """prepend_scheme: "always" """, "split: false"]),
        ("pre_tokenizer", """{"type": "Metaspace", "replacement": "▁"}""", ["add_prefix_space: false"]),
        ("pre_tokenizer", """{"type": "Punctuation", "behavior": "Isolated"}""", ["""behavior: "Removed" """]),
        ("pre_tokenizer", """{"type": "Sequence", "pretokenizers": []}""", ["""pretokenizers: [{"type": "WhitespaceSplit"}]"""]),
        ("pre_tokenizer", """{"type": "Split", "pattern": {"String": "a"}, "behavior": "Removed", "invert": false}""",
            ["""pattern: {"String": "e"}""", """behavior: "Isolated" """, "invert: true"]),
        ("pre_tokenizer", """{"type": "UnicodeScripts"}""", []),
        ("pre_tokenizer", """{"type": "Whitespace"}""", []),
        ("pre_tokenizer", """{"type": "WhitespaceSplit"}""", []),
        ("post_processor", """{"type": "BertProcessing", "cls": ["[A]", 1], "sep": ["[B]", 2]}""", ["""cls: ["[C]", 3]""", """sep: ["[C]", 3]"""]),
        ("post_processor", """{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}""", ["add_prefix_space: false", "trim_offsets: false"]),
        ("post_processor", """{"type": "RobertaProcessing", "cls": ["[A]", 1], "sep": ["[B]", 2], "add_prefix_space": true, "trim_offsets": true}""",
            ["""cls: ["[C]", 3]""", """sep: ["[C]", 3]""", "add_prefix_space: false", "trim_offsets: false"]),
        ("post_processor", """{"type": "Sequence", "processors": []}""", ["""processors: [{"type": "BertProcessing", "cls": ["[A]", 1], "sep": ["[B]", 2]}]"""]),
        ("post_processor", """
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[A]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
             "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}], "special_tokens": {"[A]": {"id": "[A]", "ids": [1], "tokens": ["[A]"]}}}
            """,
            ["""single: [{"Sequence": {"id": "A", "type_id": 0}}]""", """pair: [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}]""",
             """special_tokens: {"[A]": {"id": "[A]", "ids": [2, 3], "tokens": ["[B]", "[C]"]}}"""]),
        ("decoder", """{"type": "BPEDecoder", "suffix": "t"}""", ["""suffix: "n" """]),
        ("decoder", """{"type": "ByteFallback"}""", []),
        ("decoder", """{"type": "ByteLevel"}""", []),
        ("decoder", """{"type": "CTC", "pad_token": "x", "word_delimiter_token": "e", "cleanup": true}""",
            ["""pad_token: "t" """, """word_delimiter_token: "n" """, "cleanup: false"]),
        ("decoder", """{"type": "Fuse"}""", []),
        ("decoder", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}""", ["""replacement: "_" """, """prepend_scheme: "never" """, "add_prefix_space: false"]),
        ("decoder", """{"type": "Replace", "pattern": {"String": "e"}, "content": "o"}""", ["""pattern: {"String": "t"}""", """content: "i" """]),
        ("decoder", """{"type": "Sequence", "decoders": []}""", ["""decoders: [{"type": "Fuse"}, {"type": "Strip", "content": "▁", "start": 1, "stop": 0}]"""]),
        ("decoder", """{"type": "Strip", "content": "e", "start": 0, "stop": 0}""", ["""content: "e", "start": 1""", "start: 1", "stop: 1"]),
        ("decoder", """{"type": "WordPiece", "prefix": "##", "cleanup": true}""", ["""prefix: "e" """, "cleanup: false"]),
        ("model", """{"type": "BPE", "vocab": {"?": 0, "t": 1, "h": 2, "e": 3, "th": 4, "##e": 5, "the": 6, "e_": 7, "<0x61>": 8, "he": 9}, "merges": [["t", "h"]], "unk_token": "?"}""",
            ["""vocab: {"?": 0, "t": 2, "h": 1, "th": 4}""", """merges: [["h", "e"]]""", "unk_token: null", """continuing_subword_prefix: "##" """,
             """end_of_word_suffix: "_" """, "fuse_unk: true", "byte_fallback: true", "ignore_merges: true"]),
        ("model", """{"type": "Unigram", "vocab": [["?", 0], ["t", -1], ["h", -1], ["the", -9], ["<0x61>", -9]], "unk_id": 0}""",
            ["""vocab: [["?", 0], ["t", -1], ["h", -1], ["the", -1]]""", "unk_id: null", "byte_fallback: true"]),
        ("model", """{"type": "WordLevel", "vocab": {"?": 0, "!": 1, "the": 2}, "unk_token": "?"}""", ["""vocab: {"?": 0, "the": 1}""", """unk_token: "!" """]),
        ("model", """{"type": "WordPiece", "vocab": {"?": 0, "!": 1, "t": 2, "##he": 3, "he": 4}, "unk_token": "?", "continuing_subword_prefix": "##", "max_input_chars_per_word": 9}""",
            ["""vocab: {"?": 0, "the": 2}""", """unk_token: "!" """, """continuing_subword_prefix: "" """, "max_input_chars_per_word: 2"]),
    ];

    private static readonly Dictionary<string, Dictionary<string, KnownKeys>> Types = new()
    {
        ["normalizer"] = KeysOf(Normalizer.Types),
        ["pre_tokenizer"] = KeysOf(PreTokenizer.Types),
        ["post_processor"] = KeysOf(PostProcessor.Types),
        ["decoder"] = KeysOf(Decoder.Types),
        ["model"] = KeysOf(Model.Types),
    };

    public static IEnumerable<object[]> ComponentTypes => Types.SelectMany(section => section.Value.Keys.Select(type => new object[] { section.Key, type }));

    [Theory]
    [MemberData(nameof(ComponentTypes))]
    public void Every_supported_key_of_a_component_changes_what_the_tokenizer_does(string section, string type)
    {
        var changed = new HashSet<string>();
        foreach (var (_, json, changes) in Components.Where(one => one.Section == section && (string)JsonNode.Parse(one.Json)!["type"]! == type))
        {
            var before = ObservedTokenizer.Observe(ObservedTokenizer.Make(section, json));
            before.ShouldBe(ObservedTokenizer.Observe(ObservedTokenizer.Make(section, json))); // what is observed does not depend on anything else
            foreach (var change in changes)
            {
                var key = change[..change.IndexOf(':')];
                var node = JsonNode.Parse(json)!.AsObject();
                foreach (var (name, value) in JsonNode.Parse($$"""{"{{key}}"{{change[key.Length..].TrimEnd()}}}""")!.AsObject().ToArray())
                {
                    node[name] = value?.DeepClone();
                }

                (ObservedTokenizer.Observe(ObservedTokenizer.Make(section, node.ToJsonString())) == before).ShouldBeFalse($"{section} {type} {change}");
                changed.Add(key);
            }
        }

        var supported = Types[section][type].Names.Where(key => Types[section][type].UseOf(key) == KeyUse.Supported && key != "type");
        changed.ShouldBe(supported, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(ComponentTypes))]
    public void A_key_of_a_component_that_is_not_known_is_a_warning(string section, string type)
    {
        var json = JsonNode.Parse(Components.First(one => one.Section == section && (string)JsonNode.Parse(one.Json)!["type"]! == type).Json)!.AsObject();
        Tokenizer.FromJson(ObservedTokenizer.Make(section, json.ToJsonString())).Warnings.ShouldBeEmpty();
        json["lower_case"] = true;
        Tokenizer.FromJson(ObservedTokenizer.Make(section, json.ToJsonString())).Warnings.ShouldHaveSingleItem()
            .ShouldBe($"tokenizer.json: {section}: the key 'lower_case' is not known and was ignored.");
    }

    [Theory]
    [InlineData("tokenizer.json", "version", "\"2.0\"")]
    [InlineData("tokenizer.json", "model.dropout", "0.1")]
    [InlineData("tokenizer_config.json", "fix_mistral_regex", "true")]
    public void A_value_that_is_not_supported_is_named_with_file_and_key(string file, string key, string value)
    {
        using var folder = new TemporaryFolder();
        var root = JsonNode.Parse(ObservedTokenizer.Make("model", Components.First(one => one.Json.Contains("\"BPE\"", StringComparison.Ordinal)).Json))!;
        var options = new JsonObject();
        var (owner, name) = key.StartsWith("model.", StringComparison.Ordinal) ? (root["model"]!, key[6..]) : (file == "tokenizer.json" ? root : options, key);
        owner[name] = JsonNode.Parse(value);
        folder.Write("tokenizer.json", root.ToJsonString()).Write("tokenizer_config.json", options.ToJsonString());
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path)).Message.ShouldMatch(
            $"^{Regex.Escape(Path.Combine(folder.Path, file))}: .*'{name}' is {Regex.Escape(value)}, which is not supported; supported: .+");
        Unsupported().ShouldBe(["dropout", "fix_mistral_regex", "version"], ignoreOrder: true);

        static IEnumerable<string> Unsupported() => Types.Values.SelectMany(types => types.Values)
            .Concat([TokenizerKeys.Root, TokenizerKeys.AddedToken, TokenizerKeys.Truncation, TokenizerKeys.Padding, TokenizerKeys.Configuration, TokenizerKeys.SpecialTokensMap])
            .SelectMany(keys => keys.Names.Where(key => keys.UseOf(key) == KeyUse.Unsupported));
    }

    private static Dictionary<string, KnownKeys> KeysOf<T>(ComponentTypes<T> types)
        where T : class => types.Names.ToDictionary(type => type, types.KeysOf);
}
