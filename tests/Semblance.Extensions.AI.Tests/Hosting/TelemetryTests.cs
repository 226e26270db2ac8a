using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;

namespace Semblance.Extensions.AI.Tests.Hosting;

public class TelemetryTests
{
    [Fact]
    public async Task A_request_is_an_activity_by_the_conventions_of_generative_AI()
    {
        var activities = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SemblanceTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (activities)
                {
                    activities.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var generator = Models.Default.AsEmbeddingGenerator("telemetry-model");
        var generated = await generator.GenerateAsync(["a b c"]);
        var failing = new EmbeddingGenerationOptions { Dimensions = 100_000 };
        await Should.ThrowAsync<ArgumentException>(() => generator.GenerateAsync(["a"], failing));

        var own = activities.Where(activity => activity.DisplayName == "embeddings telemetry-model").ToList();
        own.Count.ShouldBe(2);
        var tags = own[0].TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value);
        tags["gen_ai.operation.name"].ShouldBe("embeddings");
        tags["gen_ai.provider.name"].ShouldBe("semblance");
        tags["gen_ai.request.model"].ShouldBe("telemetry-model");
        tags["gen_ai.response.model"].ShouldBe("telemetry-model");
        tags["gen_ai.usage.input_tokens"].ShouldBe((int)generated.Usage!.InputTokenCount!);
        tags["gen_ai.embeddings.dimension.count"].ShouldBe(Models.Default.Dimension);
        own[1].Status.ShouldBe(ActivityStatusCode.Error);
        own[1].GetTagItem("error.type").ShouldBe(typeof(ArgumentOutOfRangeException).FullName);
    }

    [Fact]
    public async Task Durations_and_tokens_are_measured()
    {
        var seen = new List<(string Name, string? Unit, double Value, Dictionary<string, object?> Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, current) =>
            {
                if (instrument.Meter.Name == SemblanceTelemetry.MeterName)
                {
                    current.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();
        var generated = await Models.Default.AsEmbeddingGenerator("measured-model").GenerateAsync(["a b c"]);

        var own = seen.Where(each => (string?)each.Tags["gen_ai.request.model"] == "measured-model").ToDictionary(each => each.Name);
        own["gen_ai.client.operation.duration"].Unit.ShouldBe("s");
        own["gen_ai.client.operation.duration"].Value.ShouldBeGreaterThan(0);
        own["gen_ai.client.token.usage"].Unit.ShouldBe("{token}");
        own["gen_ai.client.token.usage"].Value.ShouldBe((double)generated.Usage!.InputTokenCount!);
        own["gen_ai.client.token.usage"].Tags["gen_ai.token.type"].ShouldBe("input");

        void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (seen)
            {
                seen.Add((instrument.Name, instrument.Unit, value, tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)));
            }
        }
    }
}
