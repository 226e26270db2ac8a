using System.IO.Compression;
using System.Text.Json;

namespace Semblance.Tokenizers.Tests;

public class AddedWordsTests
{
    private const string Word = "zygomorphic";

    [Theory]
    [InlineData("word-piece")]
    [InlineData("unigram-xlm-roberta")]
    [InlineData("byte-level-bpe-roberta")]
    public void An_added_word_is_one_token_and_other_texts_keep_theirs(string name)
    {
        var tokenizer = Load(name);
        var extended = tokenizer.AddWords([Word]);
        var id = extended.TokenToId(Word)!.Value;
        extended.VocabularySize.ShouldBe(Math.Max(tokenizer.VocabularySize, id + 1));
        foreach (var text in (string[])["The dog sleeps in the house.", "zygomorphically", "你好，世界", ""])
        {
            extended.Encode(text).Ids.ToArray().ShouldBe(tokenizer.Encode(text).Ids.ToArray());
        }

        // Within a text the word replaces its own tokens, and no other token.
        var (whole, without) = (extended.Encode($"a {Word} flower").Ids.ToArray(), extended.Encode("a flower").Ids.ToArray());
        whole.Count(token => token == id).ShouldBe(1);
        whole.Where(token => token != id).ShouldBe(without);
    }

    [Theory]
    [InlineData("word-piece")]
    [InlineData("byte-level-bpe-roberta")]
    public void A_saved_tokenizer_has_the_words_as_the_transformers_library_writes_them(string name)
    {
        using var folder = new TemporaryFolder();
        var extended = Load(name).AddWords([Word, "xylograph"]);
        extended.Save(folder.Path);
        var loaded = Tokenizer.Load(folder.Path);
        loaded.Encode($"a {Word} xylograph").Ids.ToArray().ShouldBe(extended.Encode($"a {Word} xylograph").Ids.ToArray());
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.Path, "tokenizer.json")));
        var added = json.RootElement.GetProperty("added_tokens").EnumerateArray().Last();
        added.GetProperty("content").GetString().ShouldBe("xylograph");
        added.GetProperty("id").GetInt32().ShouldBe(extended.TokenToId("xylograph")!.Value);
        added.GetProperty("single_word").GetBoolean().ShouldBeTrue();
        added.GetProperty("normalized").GetBoolean().ShouldBeTrue();
        added.GetProperty("special").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("[CLS]")]
    public void A_word_that_is_blank_or_a_token_already_is_refused(string word) =>
        Should.Throw<ArgumentException>(() => Tokenizer.Load(Fixtures.Own("tokenizers/word-piece")).AddWords([word])).Message.ShouldContain("word");

    // A large fixture is compressed.
    private static Tokenizer Load(string name)
    {
        var packed = Fixtures.Own($"tokenizers/{name}/tokenizer.json.gz");
        if (!File.Exists(packed))
        {
            return Tokenizer.Load(Fixtures.Own("tokenizers/" + name));
        }

        using var json = new StreamReader(new GZipStream(File.OpenRead(packed), CompressionMode.Decompress));
        return Tokenizer.FromJson(json.ReadToEnd());
    }
}
