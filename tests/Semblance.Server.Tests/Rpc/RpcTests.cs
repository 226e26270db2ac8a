using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Semblance.Server.Batching;
using Semblance.Server.Rpc;
using Semblance.Server.Tests.Batching;
using Semblance.Tensors;

namespace Semblance.Server.Tests.Rpc;

/// <summary>The services of text-embeddings-inference over gRPC.</summary>
public class RpcTests
{
    private static readonly string[] Texts = ["a dog runs", "the cat sleeps on the sofa", "stocks"];

    [Fact]
    public async Task Vectors_have_the_bits_of_the_encoder_alone_and_in_a_stream()
    {
        await using var server = await StartAsync($"dense={TestServer.DenseModel}");
        using var client = new RpcClient(server.RpcUrl);
        var expected = SentenceTransformer.Load(TestServer.DenseModel).Encode(Texts);
        var one = await client.CallAsync<EmbedRequest, EmbedResponse>("Embed", "Embed", new EmbedRequest { Inputs = Texts[1] });
        one.Embeddings.ToArray().ShouldBe(expected[1].ToArray());
        one.Metadata.ComputeTokens.ShouldBe((uint)expected.TokenCounts[1]);
        one.Metadata.ComputeChars.ShouldBe((uint)Texts[1].Length);
        var many = await client.StreamAsync<EmbedRequest, EmbedResponse>(
            "Embed", "EmbedStream", Enumerable.Range(0, 500).Select(i => new EmbedRequest { Inputs = Texts[i % 3] }));
        many.Length.ShouldBe(500);
        for (var i = 0; i < many.Length; i++)
        {
            many[i].Embeddings.ToArray().ShouldBe(expected[i % 3].ToArray());
        }

        var cut = await client.CallAsync<EmbedRequest, EmbedResponse>(
            "Embed", "Embed", new EmbedRequest { Inputs = Texts[0], Dimensions = 4 });
        cut.Embeddings.Count.ShouldBe(4);
        cut.Embeddings.Sum(value => value * value).ShouldBe(1, 1e-5f);
        var tokens = await client.CallAsync<EmbedAllRequest, EmbedAllResponse>("Embed", "EmbedAll", new EmbedAllRequest { Inputs = Texts[0] });
        tokens.TokenEmbeddings.Count.ShouldBe(expected.TokenCounts[0]);
        (await client.CallAsync<InfoRequest, InfoResponse>("Info", "Info", new InfoRequest())).ModelType.ShouldBe(ModelType.Embedding);
    }

    [Fact]
    public async Task Sparse_vectors_are_those_of_the_encoder()
    {
        await using var server = await StartAsync($"sparse={TestServer.SparseModel}");
        using var client = new RpcClient(server.RpcUrl);
        var expected = SparseEncoder.Load(TestServer.SparseModel).Encode(Texts).Vectors;
        var answers = await client.StreamAsync<EmbedSparseRequest, EmbedSparseResponse>(
            "Embed", "EmbedSparseStream", Texts.Select(text => new EmbedSparseRequest { Inputs = text }));
        for (var i = 0; i < Texts.Length; i++)
        {
            answers[i].SparseEmbeddings.Select(element => (int)element.Index).ShouldBe(expected[i].Indices.ToArray());
            answers[i].SparseEmbeddings.Select(element => element.Value).ShouldBe(expected[i].Values.ToArray());
        }
    }

    [Fact]
    public async Task Texts_are_ordered_by_relevance_at_once_and_from_a_stream()
    {
        await using var server = await StartAsync($"cross={TestServer.CrossModel}");
        using var client = new RpcClient(server.RpcUrl);
        var expected = CrossEncoder.Load(TestServer.CrossModel)
            .Rank("dog", Texts, options: new PredictOptions { Activation = Activation.Sigmoid });
        var request = new RerankRequest { Query = "dog", ReturnText = true };
        request.Texts.Add(Texts);
        var once = await client.CallAsync<RerankRequest, RerankResponse>("Rerank", "Rerank", request);
        once.Ranks.Select(rank => ((int)rank.Index, rank.Score)).ShouldBe(expected.Select(rank => (rank.Index, rank.Score)));
        once.Ranks.Select(rank => rank.Text).ShouldBe(expected.Select(rank => Texts[rank.Index]));
        var streamed = await client.CollectAsync<RerankStreamRequest, RerankResponse>(
            "Rerank", "RerankStream", Texts.Select(text => new RerankStreamRequest { Query = "dog", Text = text }));
        streamed.Ranks.Select(rank => (rank.Index, rank.Score)).ShouldBe(once.Ranks.Select(rank => (rank.Index, rank.Score)));
        streamed.Ranks.ShouldAllBe(rank => !rank.HasText);
        (await client.CallAsync<InfoRequest, InfoResponse>("Info", "Info", new InfoRequest())).ModelType.ShouldBe(ModelType.Reranker);
    }

    [Fact]
    public async Task Labels_are_those_of_the_other_protocol()
    {
        await using var server = await StartAsync($"nli={TestServer.ClassifierModel}");
        using var client = new RpcClient(server.RpcUrl);
        var request = new PredictPairRequest();
        request.Inputs.Add(["a dog runs", "an animal moves"]);
        var pair = await client.CallAsync<PredictPairRequest, PredictResponse>("Predict", "PredictPair", request);
        var expected = (await server.PostAsync("/predict", """{"inputs":["a dog runs","an animal moves"]}""")).Json.EnumerateArray()
            .Select(label => (label.GetProperty("label").GetString(), label.GetProperty("score").GetSingle()));
        pair.Predictions.Select(prediction => ((string?)prediction.Label, prediction.Score)).ShouldBe(expected);
        var texts = await client.StreamAsync<PredictRequest, PredictResponse>(
            "Predict", "PredictStream", Texts.Select(text => new PredictRequest { Inputs = text }));
        texts.ShouldAllBe(answer => Math.Abs(answer.Predictions.Sum(prediction => prediction.Score) - 1) < 1e-5);
        (await client.CallAsync<InfoRequest, InfoResponse>("Info", "Info", new InfoRequest())).ModelType.ShouldBe(ModelType.Classifier);
    }

    [Fact]
    public async Task A_text_is_divided_into_tokens_and_put_together_again()
    {
        await using var server = await StartAsync($"dense={TestServer.DenseModel}");
        using var client = new RpcClient(server.RpcUrl);
        var encoded = await client.CallAsync<EncodeRequest, EncodeResponse>(
            "Tokenize", "Tokenize", new EncodeRequest { Inputs = "a dog", AddSpecialTokens = true });
        encoded.Tokens.Select(token => token.Special).ShouldBe([true, .. encoded.Tokens.Skip(2).Select(_ => false), true]);
        encoded.Tokens.Where(token => !token.Special).Select(token => "a dog"[(int)token.Start..(int)token.Stop])
            .ShouldBe(encoded.Tokens.Where(token => !token.Special).Select(token => token.Text));
        encoded.Tokens[0].HasStart.ShouldBeFalse();
        var request = new DecodeRequest { SkipSpecialTokens = true };
        request.Ids.Add(encoded.Tokens.Select(token => token.Id));
        (await client.StreamAsync<DecodeRequest, DecodeResponse>("Tokenize", "DecodeStream", [request, request])).Select(answer => answer.Text)
            .ShouldBe(["a dog", "a dog"]);
    }

    [Fact]
    public async Task Each_error_has_the_status_of_the_original()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions
        {
            Models = [new ServedModel("dense", TestServer.DenseModel)],
            GrpcUrl = "http://127.0.0.1:0",
            ApiKeys = ["key"],
            MaxThreads = 1,
            MaxQueuedTokens = 100,
        });
        using var stranger = new RpcClient(server.RpcUrl);
        using var client = new RpcClient(server.RpcUrl, "key");
        await FailsAsync(StatusCode.Unauthenticated, Embed(stranger, new EmbedRequest { Inputs = "a" }));
        (await FailsAsync(StatusCode.InvalidArgument, Embed(client, new EmbedRequest()))).ShouldBe("`inputs` cannot be empty");
        await FailsAsync(StatusCode.InvalidArgument, Embed(client, new EmbedRequest { Inputs = "a", Dimensions = uint.MaxValue }));
        await FailsAsync(StatusCode.InvalidArgument, Embed(client, new EmbedRequest { Inputs = "a", PromptName = "none" }));
        await FailsAsync(
            StatusCode.InvalidArgument, Embed(client, new EmbedRequest { Inputs = "a", TruncationDirection = TruncationDirection.Left }));
        (await FailsAsync(StatusCode.InvalidArgument, Embed(client, new EmbedRequest { Inputs = string.Join(' ', Enumerable.Repeat("dog", 600)) })))
            .ShouldContain("must have less than");
        (await Embed(client, new EmbedRequest { Inputs = string.Join(' ', Enumerable.Repeat("dog", 600)), Truncate = true }))
            .Embeddings.ShouldNotBeEmpty();
        await FailsAsync(
            StatusCode.FailedPrecondition,
            client.CallAsync<EmbedSparseRequest, EmbedSparseResponse>("Embed", "EmbedSparse", new EmbedSparseRequest { Inputs = "a" }));
        await FailsAsync(
            StatusCode.InvalidArgument, client.CallAsync<RerankRequest, RerankResponse>("Rerank", "Rerank", new RerankRequest { Query = "a" }));
        await FailsAsync(
            StatusCode.InvalidArgument,
            client.CallAsync<PredictPairRequest, PredictResponse>("Predict", "PredictPair", new PredictPairRequest()));
        await FailsAsync(
            StatusCode.InvalidArgument, client.StreamAsync<EmbedRequest, EmbedResponse>(
                "Embed", "EmbedStream", [new EmbedRequest { Inputs = "a" }, new EmbedRequest()]));
        using (new BlockedBatcher(server.Get<Batcher>(), 100))
        {
            await FailsAsync(StatusCode.ResourceExhausted, Embed(client, new EmbedRequest { Inputs = "a" }));
        }
    }

    [Fact]
    public async Task The_standard_health_service_needs_no_key_and_knows_every_service()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions
        {
            Models = [new ServedModel("dense", TestServer.DenseModel)],
            GrpcUrl = "http://127.0.0.1:0",
            ApiKeys = ["key"],
        });
        using var client = new RpcClient(server.RpcUrl);
        using var known = new RpcClient(server.RpcUrl, "key");
        await Embed(known, new EmbedRequest { Inputs = "a" }); // loads the model
        foreach (var service in (string[])["", "tei.v1.Info", "tei.v1.Embed", "tei.v1.Predict", "tei.v1.Rerank", "tei.v1.Tokenize"])
        {
            (await Health(client, service)).Status.ShouldBe(HealthCheckResponse.Types.ServingStatus.Serving, service);
        }

        await FailsAsync(StatusCode.NotFound, Health(client, "other"));
    }

    [Fact]
    public async Task A_server_that_stops_or_has_no_model_yet_does_not_serve()
    {
        var time = new Models.ManualTime();
        await using var server = await StartAsync($"dense={TestServer.DenseModel}");
        using var client = new RpcClient(server.RpcUrl);
        await Embed(client, new EmbedRequest { Inputs = "a" });
        var host = server.Get<Server.Models.ModelHost>();
        var draining = new Draining(time);
        (await new RpcHealth(host, draining).CheckHealthAsync(new HealthCheckContext())).Status.ShouldBe(HealthStatus.Healthy);
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await draining.WaitAsync(stopped.Token);
        (await new RpcHealth(host, draining).CheckHealthAsync(new HealthCheckContext())).Status.ShouldBe(HealthStatus.Unhealthy);
        using var empty = new Server.Models.ModelHost(
            new ServerOptions { Models = [new ServedModel("dense", TestServer.DenseModel)] }, NullLogger<Server.Models.ModelHost>.Instance, null);
        (await new RpcHealth(empty, new Draining(time)).CheckHealthAsync(new HealthCheckContext())).Status.ShouldBe(HealthStatus.Unhealthy);
    }

    [Theory]
    [InlineData("grpc.reflection.v1.ServerReflection")]
    [InlineData("grpc.reflection.v1alpha.ServerReflection")]
    public async Task Server_reflection_lists_the_services_and_describes_their_messages(string service)
    {
        await using var server = await StartAsync($"dense={TestServer.DenseModel}");
        using var client = new RpcClient(server.RpcUrl);
        var answers = await client.StreamAsync<ServerReflectionRequest, ServerReflectionResponse>(
            service, "ServerReflectionInfo",
            [new ServerReflectionRequest { ListServices = "" }, new ServerReflectionRequest { FileContainingSymbol = "tei.v1.EmbedRequest" }]);
        answers[0].ListServicesResponse.Service.Select(found => found.Name).Order(StringComparer.Ordinal).ShouldBe(
            ["grpc.health.v1.Health", "tei.v1.Embed", "tei.v1.Info", "tei.v1.Predict", "tei.v1.Rerank", "tei.v1.Tokenize"]);
        var file = FileDescriptorProto.Parser.ParseFrom(answers[1].FileDescriptorResponse.FileDescriptorProto[0]);
        file.Package.ShouldBe("tei.v1");
        file.MessageType.Select(message => message.Name).ShouldContain("EmbedRequest");
    }

    [Fact]
    public async Task A_server_with_an_address_for_gRPC_starts_without_a_warning()
    {
        using var log = new CapturedLog();
        await using var app = SemblanceServer.Create(
            new ServerOptions { Models = [new ServedModel("dense", TestServer.DenseModel)], GrpcUrl = "http://127.0.0.1:0" },
            "--urls=http://127.0.0.1:0;http://127.0.0.1:0");
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        await app.StartAsync();
        app.Urls.Count.ShouldBe(3);
        await app.StopAsync();
        log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_is_damaged_or_too_large_is_an_error_of_its_call_alone()
    {
        using var log = new CapturedLog();
        await using var server = await StartAsync($"dense={TestServer.DenseModel}");
        server.Get<ILoggerFactory>().AddProvider(log);
        using var client = new RpcClient(server.RpcUrl);
        byte[][] damaged = [[0xff], [0x0a, 0x05, 0x61], [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x0b, 0x0b, 0x0b]];
        foreach (var bytes in damaged)
        {
            (await FailsAsync(StatusCode.InvalidArgument, client.SendBytesAsync("Embed", "Embed", bytes))).ShouldContain("cannot be read");
            await FailsAsync(StatusCode.InvalidArgument, client.SendBytesAsync("Embed", "EmbedStream", bytes, MethodType.DuplexStreaming));
        }

        await FailsAsync(StatusCode.ResourceExhausted, client.SendBytesAsync("Embed", "Embed", new byte[100 << 20]));
        await FailsAsync(StatusCode.Unimplemented, client.SendBytesAsync("Embed", "None", []));
        log.Warnings.ShouldBeEmpty();
        (await Embed(client, new EmbedRequest { Inputs = "a" })).Embeddings.ShouldNotBeEmpty();
        var many = new RerankRequest { Query = "dog" };
        many.Texts.Add(Enumerable.Repeat("a", 10_000));
        (await client.CallAsync<RerankRequest, RerankResponse>("Rerank", "Rerank", many)).Ranks.Count.ShouldBe(10_000);
    }

    private static Task<HealthCheckResponse> Health(RpcClient client, string service) =>
        client.CallAsync<HealthCheckRequest, HealthCheckResponse>("grpc.health.v1.Health", "Check", new HealthCheckRequest { Service = service });

    private static Task<TestServer> StartAsync(string model) => TestServer.StartAsync(new ServerOptions
    {
        Models = [ServedModel.Parse(model)],
        GrpcUrl = "http://127.0.0.1:0",
    });

    private static Task<EmbedResponse> Embed(RpcClient client, EmbedRequest request) =>
        client.CallAsync<EmbedRequest, EmbedResponse>("Embed", "Embed", request);

    private static async Task<string> FailsAsync(StatusCode code, Task call)
    {
        var failure = await Should.ThrowAsync<RpcException>(call);
        failure.StatusCode.ShouldBe(code, failure.Status.Detail);
        return failure.Status.Detail;
    }
}
