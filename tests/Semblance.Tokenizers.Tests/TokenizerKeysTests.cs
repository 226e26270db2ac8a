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

/// <summary>No key of a tokenizer's files is lost: each that is honoured changes something, each that is not supported is refused, each unknown one is named.</summary>
public class TokenizerKeysTests
{
    // A component, and for each of its keys a value that changes what a tokenizer does.
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

    // What tokenizer_config.json says: a value that changes what the tokenizer of a kind does.
    private static readonly (string Key, string Kind, string Options, string Changed)[] Options =
    [
        ("add_bos_token", "llama", """{"tokenizer_class": "LlamaTokenizer", "bos_token": "[A]"}""", """{"tokenizer_class": "LlamaTokenizer", "bos_token": "[A]", "add_bos_token": true}"""),
        ("add_eos_token", "llama", """{"tokenizer_class": "LlamaTokenizer", "bos_token": "[A]", "eos_token": "[B]"}""", """{"tokenizer_class": "LlamaTokenizer", "bos_token": "[A]", "eos_token": "[B]", "add_eos_token": true}"""),
        ("add_prefix_space", "byte", "{}", """{"add_prefix_space": true}"""),
        ("added_tokens_decoder", "bert", "{}", """{"added_tokens_decoder": {"9": {"content": "run", "special": true}}}"""),
        ("additional_special_tokens", "bert", "{}", """{"additional_special_tokens": ["run"]}"""),
        ("bos_token", "llama", """{"tokenizer_class": "LlamaTokenizer", "bos_token": "[A]", "add_bos_token": true}""", """{"tokenizer_class": "LlamaTokenizer", "bos_token": "[C]", "add_bos_token": true}"""),
        ("clean_up_tokenization_spaces", "words", "{}", """{"clean_up_tokenization_spaces": true}"""),
        ("clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output", "spaces", """{"clean_up_tokenization_spaces": true}""",
            """{"clean_up_tokenization_spaces": true, "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output": true}"""),
        ("cls_token", "bert", "{}", """{"cls_token": "run"}"""),
        ("do_lower_case", "bert", "{}", """{"do_lower_case": false}"""),
        ("eos_token", "llama", """{"tokenizer_class": "LlamaTokenizer", "bos_token": "[A]", "eos_token": "[B]", "add_eos_token": true}""", """{"tokenizer_class": "LlamaTokenizer", "bos_token": "[A]", "eos_token": "[C]", "add_eos_token": true}"""),
        ("extra_ids", "bert", """{"tokenizer_class": "T5Tokenizer"}""", """{"tokenizer_class": "T5Tokenizer", "extra_ids": 2}"""),
        ("extra_special_tokens", "bert", "{}", """{"extra_special_tokens": {"image": "run"}}"""),
        ("keep_accents", "albert", """{"tokenizer_class": "AlbertTokenizer"}""", """{"tokenizer_class": "AlbertTokenizer", "keep_accents": true}"""),
        ("legacy", "t5", """{"tokenizer_class": "T5Tokenizer", "extra_ids": 0}""", """{"tokenizer_class": "T5Tokenizer", "extra_ids": 0, "legacy": false}"""),
        ("legacy_behaviour", "llama", """{"tokenizer_class": "NllbTokenizer", "src_lang": "[C]", "eos_token": "[B]"}""", """{"tokenizer_class": "NllbTokenizer", "src_lang": "[C]", "eos_token": "[B]", "legacy_behaviour": true}"""),
        ("mask_token", "bert", "{}", """{"mask_token": "run"}"""),
        ("max_len", "bert", "{}", """{"max_len": 7}"""),
        ("model_max_length", "bert", """{"max_len": 7}""", """{"model_max_length": 8, "max_len": 7}"""),
        ("model_specific_special_tokens", "bert", "{}", """{"model_specific_special_tokens": {"image": "run"}}"""),
        ("pad_token", "bert", "{}", """{"pad_token": "run"}"""),
        ("padding_side", "bert", "{}", """{"padding_side": "left"}"""),
        ("sep_token", "bert", "{}", """{"sep_token": "run"}"""),
        ("split_by_punct", "albert", """{"tokenizer_class": "DebertaV2Tokenizer"}""", """{"tokenizer_class": "DebertaV2Tokenizer", "split_by_punct": true}"""),
        ("split_special_tokens", "bert", "{}", """{"split_special_tokens": true}"""),
        ("src_lang", "llama", """{"tokenizer_class": "MBartTokenizer", "eos_token": "[B]"}""", """{"tokenizer_class": "MBartTokenizer", "eos_token": "[B]", "src_lang": "[C]"}"""),
        ("strip_accents", "bert", "{}", """{"strip_accents": false}"""),
        ("tokenize_chinese_chars", "bert", "{}", """{"tokenize_chinese_chars": false}"""),
        ("tokenizer_class", "cased", "{}", """{"tokenizer_class": "BertTokenizer"}"""),
        ("trim_offsets", "byte", "{}", """{"trim_offsets": true}"""),
        ("truncation_side", "bert", "{}", """{"truncation_side": "left"}"""),
        ("unk_token", "bert", "{}", """{"unk_token": "run"}"""),
    ];

    public static IEnumerable<object[]> ComponentTypes => Types.SelectMany(section => section.Value.Keys.Select(type => new object[] { section.Key, type }));

    public static TheoryData<string> OptionNames => [.. TokenizerKeys.Configuration.Names.Where(key => TokenizerKeys.Configuration.UseOf(key) == KeyUse.Honoured)];

    [Theory]
    [MemberData(nameof(ComponentTypes))]
    public void Every_honoured_key_of_a_component_changes_what_the_tokenizer_does(string section, string type)
    {
        var changed = new HashSet<string>();
        foreach (var (_, json, changes) in Components.Where(one => one.Section == section && (string)JsonNode.Parse(one.Json)!["type"]! == type))
        {
            var before = Observed(Make(section, json));
            before.ShouldBe(Observed(Make(section, json))); // what is observed does not depend on anything else
            foreach (var change in changes)
            {
                var key = change[..change.IndexOf(':')];
                var node = JsonNode.Parse(json)!.AsObject();
                foreach (var (name, value) in JsonNode.Parse($$"""{"{{key}}"{{change[key.Length..].TrimEnd()}}}""")!.AsObject().ToArray())
                {
                    node[name] = value?.DeepClone();
                }

                (Observed(Make(section, node.ToJsonString())) == before).ShouldBeFalse($"{section} {type} {change}");
                changed.Add(key);
            }
        }

        var honoured = Types[section][type].Names.Where(key => Types[section][type].UseOf(key) == KeyUse.Honoured && key != "type");
        changed.ShouldBe(honoured, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(ComponentTypes))]
    public void A_key_of_a_component_that_is_not_known_is_a_warning(string section, string type)
    {
        var json = JsonNode.Parse(Components.First(one => one.Section == section && (string)JsonNode.Parse(one.Json)!["type"]! == type).Json)!.AsObject();
        Tokenizer.FromJson(Make(section, json.ToJsonString())).Warnings.ShouldBeEmpty();
        json["lower_case"] = true;
        Tokenizer.FromJson(Make(section, json.ToJsonString())).Warnings.ShouldHaveSingleItem()
            .ShouldBe($"tokenizer.json: {section}: the key 'lower_case' is not known and was ignored.");
    }

    [Theory]
    [MemberData(nameof(OptionNames))]
    public void Every_honoured_option_changes_what_the_tokenizer_does(string key)
    {
        var (_, kind, options, changed) = Options.Where(option => option.Key == key).ShouldHaveSingleItem();
        (Observed(kind, changed) == Observed(kind, options)).ShouldBeFalse();
    }

    [Fact]
    public void Every_ignored_option_changes_nothing_and_is_no_warning()
    {
        foreach (var key in TokenizerKeys.Configuration.Names.Where(key => TokenizerKeys.Configuration.UseOf(key) == KeyUse.Ignored))
        {
            Observed("bert", $$"""{"{{key}}": "left"}""").Equals(Observed("bert", "{}"), StringComparison.Ordinal).ShouldBeTrue(key);
        }
    }

    [Theory]
    [InlineData("tokenizer.json", "version", "\"2.0\"")]
    [InlineData("tokenizer.json", "model.dropout", "0.1")]
    [InlineData("tokenizer_config.json", "fix_mistral_regex", "true")]
    public void A_value_that_is_not_supported_is_named_with_file_and_key(string file, string key, string value)
    {
        using var folder = new TemporaryFolder();
        var root = JsonNode.Parse(Make("model", Components.First(one => one.Json.Contains("\"BPE\"", StringComparison.Ordinal)).Json))!;
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

    [Fact]
    public void A_key_that_is_not_known_is_a_warning_that_names_file_and_key()
    {
        using var folder = new TemporaryFolder();
        Tokenizer.CreateBert(Vocabulary.Small).Save(folder.Path);
        Tokenizer.Load(folder.Path).Warnings.ShouldBeEmpty();
        folder.Write("tokenizer_config.json", """{"do_lowercase": true, "image_token": "run", "cls_token": "[CLS]"}""").Write("special_tokens_map.json", """{"pad": "[PAD]"}""");
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Path, "tokenizer.json")))!;
        root["speed"] = 1;
        root["truncation"] = JsonNode.Parse("""{"max_length": 8, "side": "left"}""");
        foreach (var token in root["added_tokens"]!.AsArray())
        {
            token!["strip"] = true;
        }

        folder.Write("tokenizer.json", root.ToJsonString());
        Tokenizer.Load(folder.Path).Warnings.ShouldBe(
        [
            $"{Path.Combine(folder.Path, "tokenizer_config.json")}: the key 'do_lowercase' is not known and was ignored.",
            $"{Path.Combine(folder.Path, "special_tokens_map.json")}: the key 'pad' is not known and was ignored.",
            $"{Path.Combine(folder.Path, "tokenizer.json")}: the key 'speed' is not known and was ignored.",
            $"{Path.Combine(folder.Path, "tokenizer.json")}: added_tokens[0]: the key 'strip' is not known and was ignored.",
            $"{Path.Combine(folder.Path, "tokenizer.json")}: truncation: the key 'side' is not known and was ignored.",
        ]);
    }

    [Theory]
    [InlineData("truncation", """{"max_length": 5, "direction": "Right", "strategy": "LongestFirst", "stride": 0}""", "max_length direction")]
    [InlineData("padding", """{"strategy": "BatchLongest", "direction": "Right", "pad_token": "[PAD]", "pad_id": 0, "pad_type_id": 0, "pad_to_multiple_of": null}""", "direction pad_token")]
    public void The_sections_of_a_call_are_honoured_where_they_are_of_the_tokenizer(string section, string json, string keys)
    {
        var known = section == "truncation" ? TokenizerKeys.Truncation : TokenizerKeys.Padding;
        keys.Split(' ').ShouldBe(known.Names.Where(key => known.UseOf(key) == KeyUse.Honoured), ignoreOrder: true);
        var before = Observed(Bert(root => root[section] = JsonNode.Parse(json)));
        foreach (var (key, value) in new[] { ("max_length", "4"), ("direction", "\"Left\""), ("pad_token", "\"[MASK]\"") }.Where(change => keys.Contains(change.Item1, StringComparison.Ordinal)))
        {
            var changed = JsonNode.Parse(json)!;
            changed[key] = JsonNode.Parse(value);
            (Observed(Bert(root => root[section] = changed.DeepClone())) == before).ShouldBeFalse(key);
        }
    }

    [Fact]
    public void Every_property_of_an_added_token_changes_what_is_found()
    {
        var before = Observed(Bert(root => root["added_tokens"]!.AsArray().Add(Token())));
        foreach (var key in TokenizerKeys.AddedToken.Names.Where(key => TokenizerKeys.AddedToken.UseOf(key) == KeyUse.Honoured))
        {
            var after = Observed(Bert(root =>
            {
                var token = Token();
                token[key] = key == "content" ? "e" : !(bool)token[key]!;
                root["added_tokens"]!.AsArray().Add(token);
            }));
            (after == before).ShouldBeFalse(key);
        }

        static JsonObject Token() => JsonNode.Parse(
            """{"id": 21, "content": "U", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": false}""")!.AsObject();
    }

    private static Dictionary<string, KnownKeys> KeysOf<T>(ComponentTypes<T> types)
        where T : class => types.Names.ToDictionary(type => type, types.KeysOf);

    // A tokenizer of single characters, so that nothing that happens to a text stays unseen; models get a text of two words.
    private static string Make(string section, string component)
    {
        var vocabulary = new JsonObject();
        foreach (var character in " !'.12ABCDEGHMRSTUabcdefhilnorstuvwxy[]_#É´ée\u0301Ġ▁世界\u0001²\u200B".EnumerateRunes().Select(rune => rune.ToString()).Prepend("[C]").Prepend("[B]").Prepend("[A]").Prepend("?"))
        {
            vocabulary.TryAdd(character, vocabulary.Count);
        }

        string[] merges = ["t h", "th e", "r u", "ru n", "1 2", "1 1", "e Ġ", "e ▁"];
        foreach (var merge in merges)
        {
            vocabulary[merge.Replace(" ", "", StringComparison.Ordinal)] = vocabulary.Count;
        }

        var root = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = null,
            ["pre_tokenizer"] = null,
            ["post_processor"] = null,
            ["decoder"] = null,
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. section == "pre_tokenizer" ? merges.Select(merge => JsonValue.Create(merge)) : []]), ["unk_token"] = "?" },
        };
        root[section] = JsonNode.Parse(component);
        if (section is "post_processor")
        {
            root["pre_tokenizer"] = JsonNode.Parse("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}""");
            root["model"] = JsonNode.Parse("""{"type": "WordLevel", "vocab": {"?": 0, "[A]": 1, "[B]": 2, "[C]": 3, "Ġthe": 4, "Ġ": 5}, "unk_token": "?"}""");
            root["normalizer"] = JsonNode.Parse("""{"type": "Replace", "pattern": {"String": "u"}, "content": "Ġ"}""");
            root["pre_tokenizer"] = JsonNode.Parse("""{"type": "Split", "pattern": {"String": "u"}, "behavior": "Isolated", "invert": false}""");
            root["added_tokens"] = JsonNode.Parse("""[{"id": 6, "content": "the", "single_word": false, "lstrip": true, "rstrip": true, "normalized": false, "special": false}]""");
        }
        else if (section is "model")
        {
            root["pre_tokenizer"] = JsonNode.Parse("""{"type": "WhitespaceSplit"}""");
        }

        return root.ToJsonString();
    }

    private static string Bert(Action<JsonNode> change)
    {
        using var folder = new TemporaryFolder();
        Tokenizer.CreateBert(Vocabulary.Small).SaveJson(folder.Path);
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Path, "tokenizer.json")))!;
        change(root);
        return root.ToJsonString();
    }

    private static string Observed(string json)
    {
        try
        {
            return Observed(Tokenizer.FromJson(json));
        }
        catch (TokenizerFormatException exception)
        {
            return exception.Message; // a value that cannot be read is not ignored either
        }
    }

    private static string Observed(string kind, string options)
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer_config.json", options);
        switch (kind)
        {
            case "bert":
                folder.Write("tokenizer.json", Bert(_ => { }));
                break;
            case "cased":
                folder.Write("tokenizer.json", Bert(root => root["normalizer"]!["lowercase"] = false));
                break;
            case "words":
                folder.Write("tokenizer.json", Bert(root => root["decoder"]!["cleanup"] = false));
                break;
            case "byte":
                var json = JsonNode.Parse(Make("pre_tokenizer", """{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"""))!;
                json["post_processor"] = JsonNode.Parse("""{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": true}""");
                folder.Write("tokenizer.json", json.ToJsonString());
                break;
            case "spaces":
                folder.Write("tokenizer.json", Make("decoder", """{"type": "Fuse"}"""));
                break;
            case "llama":
                folder.Write("tokenizer.json", Make("normalizer", """{"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}"""));
                break;
            default:
                folder.Write("spiece.model", SentencePieceBytes.Write(
                    1, ("<pad>", 0, SentencePieceBytes.Control), ("</s>", 0, SentencePieceBytes.Control), ("<unk>", 0, SentencePieceBytes.Unknown), ("▁", -2, SentencePieceBytes.Normal),
                    ("É", -3, SentencePieceBytes.Normal), ("E", -3, SentencePieceBytes.Normal), ("e", -3, SentencePieceBytes.Normal), (".", -3, SentencePieceBytes.Normal),
                    ("e.", -1, SentencePieceBytes.Normal), ("e\u0301", -3, SentencePieceBytes.Normal)));
                break;
        }

        return Observed(Tokenizer.Load(folder.Path));
    }

    // All that a user of a tokenizer can see.
    private static string Observed(Tokenizer tokenizer)
    {
        var seen = new List<string>
        {
            $"{tokenizer.VocabularySize} {tokenizer.PaddingId} {tokenizer.ClassId} {tokenizer.SeparatorId} {tokenizer.UnknownId} {tokenizer.MaskId} {tokenizer.ModelMaxLength} {tokenizer.TruncationLength} {tokenizer.TruncationSide} {tokenizer.PaddingSide}",
        };
        foreach (var (text, pair) in new (string, string?)[]
            {
                ("The runner É e\u0301 [MASK] 世界. x", null), ("  the 12 A1²\u0001 tU U e the.  ", null), ("the dog runs.", "a"), ("e.</s>e. thee the", null), ("aab", null), ("uthe  theu th", null), (" u ' '", null), ("▁the ▁", null),
                (string.Concat(Enumerable.Range(0, 40).Select(i => $"run {i}e ")), null),
            })
        {
            var encoding = tokenizer.Encode(text, pair);
            seen.Add($"{string.Join(' ', encoding.Ids.ToArray())} | {string.Join(' ', encoding.Tokens)} | {string.Join(' ', encoding.Offsets.ToArray())} | {string.Join(' ', encoding.TypeIds.ToArray())}");
            seen.Add(tokenizer.Decode(encoding.Ids));
            seen.Add(tokenizer.Decode(encoding.Ids, skipSpecialTokens: false));
            seen.Add(string.Join(' ', encoding.SpecialTokensMask.ToArray()));
        }

        seen.Add(tokenizer.Decode([.. Enumerable.Range(0, tokenizer.VocabularySize)]));
        return string.Join('\n', seen);
    }
}
