using Semblance.Files.Protobuf;

namespace Semblance.Files.Tests.Protobuf;

public class ProtobufReaderTests
{
    [Fact]
    public void Fields_are_read_as_they_were_written()
    {
        var message = new ProtobufWriter().AddVarint(1, -2).AddFixed64(2, 0.1).AddFixed32(3, 1.5f).AddText(300, "é").AddMessage(5, new ProtobufWriter().AddVarint(1, 150));
        var reader = new ProtobufReader(message.Written);
        reader.Read().ShouldBeTrue();
        (reader.Field, reader.Varint32, reader.Flag).ShouldBe((1, -2, true));
        reader.Read().ShouldBeTrue();
        (reader.Field, BitConverter.UInt64BitsToDouble(reader.Number)).ShouldBe((2, 0.1));
        reader.Read().ShouldBeTrue();
        (reader.Field, reader.Fixed32).ShouldBe((3, 1.5f));
        reader.Read().ShouldBeTrue();
        reader.Field.ShouldBe(300);
        reader.Bytes.SequenceEqual("é"u8).ShouldBeTrue();
        reader.Read().ShouldBeTrue();
        reader.Bytes.ToArray().ShouldBe([0x08, 0x96, 0x01]); // the example of protobuf.dev/programming-guides/encoding
        reader.Read().ShouldBeFalse();
    }

    [Theory]
    [InlineData(new byte[] { 0x0B }, "wire type 3")]
    [InlineData(new byte[] { 0x0A, 0x05, 1, 2 }, "5 bytes goes beyond the end")]
    [InlineData(new byte[] { 0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, "more than 64 bits")]
    public void Broken_messages_are_named(byte[] message, string problem) => Should.Throw<InvalidDataException>(() => new ProtobufReader(message).Read()).Message.ShouldContain(problem);
}
