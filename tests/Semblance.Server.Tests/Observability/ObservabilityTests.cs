using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Semblance.Server.Tests.Observability;

/// <summary>Health, metrics and the document of the routes.</summary>
public sealed class ObservabilityTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync($"dense={TestServer.DenseModel}");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Metrics_count_requests_tokens_and_batches_by_model()
    {
        await _server.PostAsync("/v1/embeddings", """{"input":["a dog","a cat"],"model":"dense"}""");
        await _server.PostAsync("/v1/embeddings", """{"input":[],"model":"dense"}""");
        var answer = await _server.GetAsync("/metrics");
        answer.Headers["content-type"].ShouldStartWith("text/plain; version=0.0.4");
        var lines = answer.Body.Split('\n');
        lines.ShouldContain(line => line.StartsWith("gen_ai_server_request_duration_seconds_count{", StringComparison.Ordinal)
            && line.Contains("http_response_status_code=\"400\"", StringComparison.Ordinal));
        lines.ShouldContain("semblance_batch_texts_sum 2");
        lines.ShouldContain("semblance_queue_tokens 0");
        lines.ShouldContain("# TYPE semblance_queue_tokens gauge");
        var tokens = "gen_ai_client_token_usage_count{gen_ai_operation_name=\"embeddings\",gen_ai_request_model=\"dense\","
            + "gen_ai_token_type=\"input\"} 1";
        lines.ShouldContain(tokens);
        lines.Where(line => line.Length > 0 && line[0] != '#').Select(line => double.Parse(line.Split(' ')[^1], null))
            .ShouldAllBe(value => double.IsFinite(value));
    }

    [Fact]
    public async Task The_server_is_ready_when_its_first_model_is_loaded()
    {
        (await _server.PostAsync("/v1/embeddings", """{"input":"a"}""")).Status.ShouldBe(200);
        (await _server.GetAsync("/ready")).Status.ShouldBe(200);
        (await _server.GetAsync("/health")).Body.ShouldBe("");
    }

    [Fact]
    public async Task The_document_has_every_route_and_tells_bodies_of_the_same_name_apart()
    {
        var document = (await _server.GetAsync("/openapi/v1.json")).Json;
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToHashSet();
        var mapped = _server.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<Dialect>() is not null)
            .Select(route => "/" + route.RoutePattern.RawText!.TrimStart('/').Replace("**", "", StringComparison.Ordinal));
        mapped.Distinct().Where(path => !paths.Contains(path)).ShouldBeEmpty();
        var schemas = document.GetProperty("components").GetProperty("schemas");
        schemas.GetProperty("CohereEmbedBody").GetProperty("properties").TryGetProperty("input_type", out _).ShouldBeTrue();
        schemas.GetProperty("OllamaEmbedBody").GetProperty("properties").TryGetProperty("prompt", out _).ShouldBeTrue();
        document.GetProperty("paths").GetProperty("/v1/embeddings").GetProperty("post").GetProperty("requestBody").ValueKind
            .ShouldBe(JsonValueKind.Object);
        (schemas.TryGetProperty("VectorId", out var id) && id.TryGetProperty("properties", out _)).ShouldBeFalse("an id is a text or a number");
    }

    [Fact]
    public void Every_body_has_a_contract_that_needs_no_reflection()
    {
        var contracts = _server.Get<IOptions<JsonOptions>>().Value.SerializerOptions.TypeInfoResolverChain.OfType<JsonSerializerContext>()
            .ToArray();
        var routes = _server.Get<EndpointDataSource>().Endpoints.Where(route => route.Metadata.GetMetadata<Dialect>() is not null).ToArray();
        var bodies = routes.SelectMany(route => route.Metadata.OfType<IAcceptsMetadata>()).Select(body => body.RequestType)
            .Concat(routes.SelectMany(route => route.Metadata.OfType<IProducesResponseTypeMetadata>()).Select(answer => answer.Type))
            .OfType<Type>().Where(type => type != typeof(void)).Distinct().ToArray();
        bodies.Length.ShouldBeGreaterThan(40);
        bodies.Where(type => !Array.Exists(contracts, contract => contract.GetTypeInfo(type) is not null)).ShouldBeEmpty();
    }
}
