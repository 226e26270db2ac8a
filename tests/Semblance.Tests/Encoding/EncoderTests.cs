using Semblance.Generation;
using Semblance.Tensors;

namespace Semblance.Tests;

/// <summary>What all kinds of encoders share.</summary>
public class EncoderTests
{
    private static readonly string[] Texts = ["a man rides a horse", "hello", "a woman plays the violin."];

    [Fact]
    public void Load_never_downloads_and_says_what_does()
    {
        const string Id = "nobody-at-all/no-such-model";
        foreach (Action load in (Action[])[() => SentenceTransformer.Load(Id), () => CrossEncoder.Load(Id), () => SparseEncoder.Load(Id), () => MultiVectorEncoder.Load(Id), () => TextGenerator.Load(Id)])
        {
            var message = Should.Throw<DirectoryNotFoundException>(load).Message;
            message.ShouldContain("LoadAsync");
            message.ShouldContain($"semblance download {Id}");
        }
    }

    [Fact]
    public void The_recorded_forward_pass_gives_the_vectors_of_encoding()
    {
        using var run = new Computation();
        var dense = SentenceTransformer.LoadTrainable(Fixtures.Own("st/mean-normalize"));
        dense.Forward(run, Texts).Values.ToArray().ShouldBe(dense.Encode(Texts).Vectors.Values.ToArray());
        dense.Parameters().ShouldNotBeEmpty();

        var sparse = SparseEncoder.LoadTrainable(Fixtures.Own("st/splade"));
        var vectors = sparse.Forward(run, Texts);
        vectors.Columns.ShouldBe(sparse.Dimension);
        Enumerable.Range(0, Texts.Length).Select(i => SparseVector.From(vectors.Row(i)).Values.ToArray()).ShouldBe(sparse.Encode(Texts).Vectors.Select(vector => vector.Values.ToArray()));
        sparse.Parameters().ShouldNotBeEmpty();

        var tokens = MultiVectorEncoder.Of(dense);
        foreach (var (route, encoded) in new[] { ("query", tokens.EncodeQuery(Texts)), ("document", tokens.EncodeDocument(Texts)) })
        {
            var (outputs, offsets) = tokens.Forward(run, Texts, route: route);
            offsets.ShouldNotBeNull();
            offsets.Count.ShouldBe(Texts.Length + 1);
            for (var i = 0; i < Texts.Length; i++)
            {
                outputs.Values[(offsets[i] * outputs.Columns)..(offsets[i + 1] * outputs.Columns)].ToArray().ShouldBe(encoded[i].Values.ToArray(), $"{route} {i}");
            }
        }
    }

    [Fact]
    public async Task Late_interaction_encodes_streams_too()
    {
        var model = MultiVectorEncoder.Of(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")));
        var expected = model.EncodeDocument(Texts);
        var i = 0;
        await foreach (var (text, vectors, count, truncated) in model.EncodeAsync(Texts.ToAsyncEnumerable(), new MultiVectorEncodeOptions { Route = "document" }))
        {
            (text, count, truncated).ShouldBe((Texts[i], expected.TokenCounts[i], expected.Truncated[i]));
            vectors.Values.ToArray().ShouldBe(expected[i++].Values.ToArray());
        }

        i.ShouldBe(Texts.Length);
    }

    [Fact]
    public void A_late_interaction_model_that_was_loaded_for_training_is_saved_as_it_was()
    {
        using var folder = new TemporaryFolder();
        MultiVectorEncoder.Of(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"))).Save(folder.Path);
        using var saved = new TemporaryFolder();
        var model = MultiVectorEncoder.LoadTrainable(folder.Path);
        model.Save(saved.Path);
        MultiVectorEncoder.Load(saved.Path).EncodeQuery(Texts)[1].Values.ToArray().ShouldBe(model.EncodeQuery(Texts)[1].Values.ToArray());
        model.Parameters().ShouldNotBeEmpty();
    }
}
