using System.Text.Json;
using Semblance.Modules;

namespace Semblance.Server.Tests.Tasks;

/// <summary>The routes of task models: labels, entities and answers equal those of the library, in positions that the client chooses.</summary>
public sealed class TaskRoutesTests : IAsyncLifetime
{
    private static readonly string[] Labels = ["O", "B-PER", "I-PER", "B-LOC"];

    // A text of several windows, with characters outside the basic plane before its words.
    private static readonly string Long = "😀 " + string.Concat(Enumerable.Repeat("the dog and the cat sleep in the house of stock prices. ", 20));

    private readonly string _folder = Directory.CreateTempSubdirectory("semblance-tasks-").FullName;
    private TestServer _server = null!;

    private string Tagger => Path.Combine(_folder, "tagger");

    private string Answerer => Path.Combine(_folder, "answerer");

    public async Task InitializeAsync()
    {
        var body = (TransformerModule)SentenceTransformer.Load(TestServer.DenseModel).Modules[0];
        TokenClassifier.Create(body, Labels, seed: 1).Save(Tagger);
        QuestionAnswerer.Create(body, seed: 2).Save(Answerer);
        _server = await TestServer.StartAsync(new ServerOptions
        {
            Models =
            [
                new ServedModel("dense", TestServer.DenseModel), new ServedModel("nli", TestServer.ClassifierModel),
                new ServedModel("tagger", Tagger), new ServedModel("answerer", Answerer),
            ],
            CollectionsFolder = Path.Combine(_folder, "collections"),
        });
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Labels_equal_those_of_the_classifier()
    {
        var expected = TextClassifier.Load(TestServer.ClassifierModel)
            .Classify([("a dog runs", "an animal moves"), ("the cat sleeps", "the cat runs")], new ClassifyOptions { TopK = 2 });
        var answer = await _server.PostAsync(
            "/v1/classify", """{"input":["a dog runs","the cat sleeps"],"pair":["an animal moves","the cat runs"],"top_k":2}""");
        answer.Status.ShouldBe(200);
        answer.Json.GetProperty("model").GetString().ShouldBe("nli");
        foreach (var (result, text) in answer.Json.GetProperty("results").EnumerateArray().Zip(expected))
        {
            result.GetProperty("labels").EnumerateArray()
                .Select(label => new LabelScore(label.GetProperty("label").GetString()!, label.GetProperty("score").GetSingle()))
                .ShouldBe(text.Labels);
        }

        answer.Json.GetProperty("usage").GetProperty("total_tokens").GetInt64().ShouldBe(expected.Sum(text => (long)text.TokenCount));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("code-points")]
    public async Task Entities_of_a_text_of_several_windows_equal_those_of_the_library(string offsets)
    {
        var expected = TokenClassifier.Load(Tagger).Tag(Long, new TagOptions { Aggregation = AggregationStrategy.First });
        expected.Count.ShouldBeGreaterThan(1);
        var body = JsonSerializer.Serialize(new { input = Long, aggregation = "first", offsets });
        var answer = await _server.PostAsync("/v1/tag", body);
        var shift = offsets == "utf-16" ? 0 : 1; // the surrogate pair at the beginning
        answer.Json.GetProperty("results")[0].GetProperty("entities").EnumerateArray().Select(entity => (
            entity.GetProperty("label").GetString()!, entity.GetProperty("score").GetSingle(), entity.GetProperty("text").GetString()!,
            entity.GetProperty("end").GetInt32()))
            .ShouldBe(expected.Select(entity => (entity.Label, entity.Score, entity.Text, entity.End - shift)));
    }

    [Fact]
    public async Task The_answer_in_one_text_equals_that_of_the_library_and_can_be_empty()
    {
        var model = QuestionAnswerer.Load(Answerer);
        foreach (var mayBeEmpty in (bool[])[false, true])
        {
            var expected = model.Answer("where is the dog", Long, new AnswerOptions { TopK = 3, AllowNoAnswer = mayBeEmpty });
            var body = JsonSerializer.Serialize(
                new { question = "where is the dog", input = Long, top_k = 3, no_answer = mayBeEmpty, offsets = "utf-16" });
            var answer = await _server.PostAsync("/v1/answer", body);
            answer.Json.GetProperty("answers").EnumerateArray().Select(Read)
                .ShouldBe(expected.Select(found => (found.Text, found.Score, found.Start, found.End)));
        }
    }

    [Fact]
    public async Task Answers_in_several_texts_say_which()
    {
        string[] texts = ["the dog is in the house", "stock prices fell"];
        var expected = QuestionAnswerer.Load(Answerer).AnswerFrom("where is the dog", texts, new AnswerOptions { TopK = 4 });
        var answer = await _server.PostAsync(
            "/v1/answer", JsonSerializer.Serialize(new { question = "where is the dog", input = texts, top_k = 4 }));
        answer.Json.GetProperty("answers").EnumerateArray().Select(item => (item.GetProperty("index").GetInt32(), Read(item)))
            .ShouldBe(expected.Select(found => (found.Context, (found.Answer.Text, found.Answer.Score, found.Answer.Start, found.Answer.End))));
    }

    [Fact]
    public async Task Answers_are_found_in_the_documents_of_a_collection()
    {
        await _server.SendAsync(HttpMethod.Put, "/v1/collections/notes", "{}"u8.ToArray());
        await _server.PostAsync("/v1/collections/notes/documents",
            """{"documents":[{"id":"a","text":"the dog is in the house"},{"id":7,"text":"stock prices fell"}]}""");
        var answer = await _server.PostAsync(
            "/v1/answer", """{"question":"where is the dog","collection":"notes","passages":1,"top_k":1}""");
        answer.Status.ShouldBe(200);
        var first = answer.Json.GetProperty("answers")[0];
        first.GetProperty("text").GetString()!.ShouldContain(first.GetProperty("answer").GetString()!);
        var hit = await _server.PostAsync("/v1/collections/notes/search", """{"query":"where is the dog","top_k":1}""");
        first.GetProperty("id").ToString().ShouldBe(hit.Json.GetProperty("results")[0].GetProperty("id").ToString());
    }

    [Theory]
    [InlineData("/v1/classify", """{"input":[]}""", 400, "`input` cannot be empty")]
    [InlineData("/v1/classify", """{"input":["a","b"],"pair":"c"}""", 400, "`pair` has 1 texts")]
    [InlineData("/v1/classify", """{"input":"a","top_k":0}""", 400, "`top_k` is 0")]
    [InlineData("/v1/classify", """{"input":"a","model":"tagger"}""", 400, "model is not a classifier model")]
    [InlineData("/v1/tag", """{"input":"a","model":"nli"}""", 400, "model is not a token classifier")]
    [InlineData("/v1/tag", """{"input":"a","aggregation":"2"}""", 400, "it can be simple, none, first, average, max")]
    [InlineData("/v1/tag", """{"input":"a","offsets":"bytes"}""", 400, "it can be code-points, utf-16")]
    [InlineData("/v1/tag", """{"texts":"a"}""", 400, "member is missing")]
    [InlineData("/v1/answer", """{"question":"a"}""", 400, "Send the texts as `input`")]
    [InlineData("/v1/answer", """{"question":"a","input":"b","collection":"c"}""", 400, "Send the texts as `input`")]
    [InlineData("/v1/answer", """{"question":"a","collection":"missing"}""", 404, "missing")]
    [InlineData("/v1/answer", """{"question":"a","input":"b","model":"dense"}""", 400, "model is not a question answerer")]
    [InlineData("/v1/rerank", """{"query":"a","documents":["b"],"model":"tagger"}""", 400, "model is not a re-ranker model")]
    public async Task A_request_that_does_not_fit_is_told_why(string path, string body, int status, string message)
    {
        var answer = await _server.PostAsync(path, body);
        answer.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(message);
        answer.Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("/v1/classify", "input", "{}")]
    [InlineData("/v1/tag", "input", "{}")]
    [InlineData("/v1/answer", "question", """{"input":"a"}""")]
    public async Task A_body_that_is_malformed_or_of_other_types_is_an_invalid_request(string path, string member, string incomplete)
    {
        byte[][] bodies =
        [
            [], .. ((string[])["{", "[]", "null", "5", "\"a\"", incomplete, $"{{\"{member}\":5}}", $"{{\"{member}\":{{}}}}",
            $"{{\"{member}\":[1]}}", $"{{\"{member}\":[null]}}", $"{{\"{member}\":\"\\ud800\"}}",
            $"{{\"{member}\":\"a\",\"input\":\"a\",\"model\":[1]}}", $"{{\"{member}\":{new string('[', 10_000)}"])
                .Select(System.Text.Encoding.UTF8.GetBytes),
            [0xff, 0xfe, 0x00], [.. System.Text.Encoding.UTF8.GetBytes($"{{\"{member}\":\""), 0xc3, 0x28, .. "\"}"u8],
        ];
        foreach (var body in bodies)
        {
            var answer = await _server.SendAsync(HttpMethod.Post, path, body);
            answer.Status.ShouldBe(400, $"{System.Text.Encoding.UTF8.GetString(body[..Math.Min(60, body.Length)])}: {answer.Body}");
            answer.Json.GetProperty("error").GetProperty("type").GetString().ShouldBe("invalid_request_error");
        }
    }

    [Fact]
    public async Task Ten_thousand_texts_are_one_request()
    {
        var input = Enumerable.Repeat("a dog", 10_000).ToArray();
        foreach (var path in (string[])["/v1/classify", "/v1/tag"])
        {
            var answer = await _server.PostAsync(path, JsonSerializer.Serialize(new { input }));
            answer.Status.ShouldBe(200, answer.Body[..Math.Min(200, answer.Body.Length)]);
            answer.Json.GetProperty("results").GetArrayLength().ShouldBe(10_000);
        }

        (await _server.PostAsync("/v1/answer", JsonSerializer.Serialize(new { question = "what?", input }))).Status.ShouldBe(200);
        var tooMany = JsonSerializer.Serialize(new { question = "what?", input = Enumerable.Repeat("a", 16_385) });
        foreach (var path in (string[])["/v1/classify", "/v1/tag", "/v1/answer"])
        {
            (await _server.PostAsync(path, tooMany)).Status.ShouldBe(400, path);
        }
    }

    [Fact]
    public async Task A_question_that_fills_a_window_is_refused()
    {
        var body = JsonSerializer.Serialize(new { question = Long, input = "the dog" });
        var answer = await _server.PostAsync("/v1/answer", body);
        answer.Status.ShouldBe(400);
        answer.Body.ShouldContain("leaves no room");
    }

    private static (string Text, float Score, int Start, int End) Read(JsonElement item) => (
        item.GetProperty("answer").GetString()!, item.GetProperty("score").GetSingle(), item.GetProperty("start").GetInt32(),
        item.GetProperty("end").GetInt32());
}
