using System.Text.Json;
using Semblance.Tokenizers;

namespace Semblance.Server.Tests.Tokenizing;

/// <summary>Token ids of texts, as llama.cpp and vLLM ask for them.</summary>
public sealed class TokenIdRoutesTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync($"dense={TestServer.DenseModel}");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_content_has_its_ids_without_special_tokens_unless_they_are_asked_for()
    {
        var plain = (await _server.PostAsync("/tokenize", """{"content":"the dog"}""")).Json;
        Ids(plain.GetProperty("tokens")).ShouldBe(Expected(addSpecialTokens: false).Ids);
        plain.EnumerateObject().Count().ShouldBe(1);
        var special = (await _server.PostAsync("/tokenize", """{"content":"the dog","add_special":true,"with_pieces":true}""")).Json;
        var expected = Expected(addSpecialTokens: true);
        special.GetProperty("tokens").EnumerateArray().Select(token => (token.GetProperty("id").GetInt32(), token.GetProperty("piece").GetString()))
            .ShouldBe(expected.Ids.Zip(expected.Tokens).Select(token => (token.First, (string?)token.Second)));
    }

    [Fact]
    public async Task A_prompt_has_its_ids_with_special_tokens_and_their_number()
    {
        var answer = (await _server.PostAsync("/tokenize", """{"model":"dense","prompt":"the dog","return_token_strs":true}""")).Json;
        var expected = Expected(addSpecialTokens: true);
        Ids(answer.GetProperty("tokens")).ShouldBe(expected.Ids);
        answer.GetProperty("count").GetInt32().ShouldBe(expected.Ids.Length);
        answer.GetProperty("max_model_len").GetInt32().ShouldBe(SentenceTransformer.Load(TestServer.DenseModel).MaxSequenceLength);
        answer.GetProperty("token_strs").EnumerateArray().Select(token => token.GetString()).ShouldBe(expected.Tokens);
        var bare = (await _server.PostAsync("/tokenize", """{"prompt":"the dog","add_special_tokens":false}""")).Json;
        Ids(bare.GetProperty("tokens")).ShouldBe(Expected(addSpecialTokens: false).Ids);
        bare.GetProperty("token_strs").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Ids_become_the_text_under_the_names_of_both_servers()
    {
        var answer = await _server.PostAsync("/detokenize", JsonSerializer.Serialize(new { tokens = Expected(addSpecialTokens: false).Ids }));
        answer.Json.GetProperty("content").GetString().ShouldBe("the dog");
        answer.Json.GetProperty("prompt").GetString().ShouldBe("the dog");
    }

    [Theory]
    [InlineData("/tokenize", """{"content":5}""", 400)]
    [InlineData("/tokenize", """{"content":null}""", 400)]
    [InlineData("/tokenize", """{"prompt":["a"]}""", 400)]
    [InlineData("/tokenize", """{"prompt":"a","model":"none"}""", 404)]
    [InlineData("/detokenize", "{}", 400)]
    [InlineData("/detokenize", """{"tokens":["a"]}""", 400)]
    [InlineData("/detokenize", """{"tokens":[-1]}""", 400)]
    [InlineData("/detokenize", """{"tokens":[2147483647]}""", 400)]
    public async Task A_wrong_request_is_an_error_under_its_name(string path, string body, int status)
    {
        var answer = await _server.PostAsync(path, body);
        answer.Status.ShouldBe(status, answer.Body);
        answer.Json.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    private static IEnumerable<int> Ids(JsonElement tokens) => tokens.EnumerateArray().Select(id => id.GetInt32());

    private static (int[] Ids, string[] Tokens) Expected(bool addSpecialTokens)
    {
        var tokens = SentenceTransformer.Load(TestServer.DenseModel).Tokenizer
            .Encode("the dog", null, new TokenizerOptions { AddSpecialTokens = addSpecialTokens });
        return (tokens.Ids.ToArray(), [.. tokens.Tokens]);
    }
}
