using System.Text.Json.Nodes;
using Semblance.Files.Json;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Tests;

/// <summary>
/// Tests that no key of the files of a tokenizer is ignored silently: a supported key changes something, an unsupported value is an error,
/// an unknown key is a warning.
/// </summary>
public class TokenizerKeysTests
{
    // Options of tokenizer_config.json, each with a value that changes the result of a kind of tokenizer.
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

    public static TheoryData<string> OptionNames => [.. TokenizerKeys.Configuration.Names.Where(key => TokenizerKeys.Configuration.UseOf(key) == KeyUse.Supported)];

    [Theory]
    [MemberData(nameof(OptionNames))]
    public void Every_supported_option_changes_what_the_tokenizer_does(string key)
    {
        var (_, kind, options, changed) = Options.Where(option => option.Key == key).ShouldHaveSingleItem();
        (ObservedTokenizer.Observe(kind, changed) == ObservedTokenizer.Observe(kind, options)).ShouldBeFalse();
    }

    [Fact]
    public void Every_ignored_option_changes_nothing_and_is_no_warning()
    {
        foreach (var key in TokenizerKeys.Configuration.Names.Where(key => TokenizerKeys.Configuration.UseOf(key) == KeyUse.Ignored))
        {
            ObservedTokenizer.Observe("bert", $$"""{"{{key}}": "left"}""").Equals(ObservedTokenizer.Observe("bert", "{}"), StringComparison.Ordinal).ShouldBeTrue(key);
        }
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
    public void The_sections_of_a_call_are_supported_where_they_are_of_the_tokenizer(string section, string json, string keys)
    {
        var known = section == "truncation" ? TokenizerKeys.Truncation : TokenizerKeys.Padding;
        keys.Split(' ').ShouldBe(known.Names.Where(key => known.UseOf(key) == KeyUse.Supported), ignoreOrder: true);
        var before = ObservedTokenizer.Observe(ObservedTokenizer.Bert(root => root[section] = JsonNode.Parse(json)));
        foreach (var (key, value) in new[] { ("max_length", "4"), ("direction", "\"Left\""), ("pad_token", "\"[MASK]\"") }.Where(change => keys.Contains(change.Item1, StringComparison.Ordinal)))
        {
            var changed = JsonNode.Parse(json)!;
            changed[key] = JsonNode.Parse(value);
            (ObservedTokenizer.Observe(ObservedTokenizer.Bert(root => root[section] = changed.DeepClone())) == before).ShouldBeFalse(key);
        }
    }

    [Fact]
    public void Every_property_of_an_added_token_changes_what_is_found()
    {
        var before = ObservedTokenizer.Observe(ObservedTokenizer.Bert(root => root["added_tokens"]!.AsArray().Add(Token())));
        foreach (var key in TokenizerKeys.AddedToken.Names.Where(key => TokenizerKeys.AddedToken.UseOf(key) == KeyUse.Supported))
        {
            var after = ObservedTokenizer.Observe(ObservedTokenizer.Bert(root =>
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
}
